package timerleak

import (
	"errors"
	"runtime"
	"time"
)

// NewRate makes a ticker of a rate that nobody has looked at.
func NewRate(rate int) *time.Ticker {
	return time.NewTicker(time.Second / time.Duration(rate)) // related `^this is not positive, or no number at all, unless rate is$` // want `^nothing checks that rate is positive, without which this panics$`
}

// NewRateByVariable does so, too.
func NewRateByVariable(perSecond int) *time.Ticker {
	n := time.Duration(perSecond)
	d := time.Second / n     // related `^this is not positive, or no number at all, unless perSecond is$`
	return time.NewTicker(d) // want `^nothing checks that perSecond is positive, without which this panics$`
}

// NewRateOfFloat does so, too.
func NewRateOfFloat(rate float64) *time.Ticker {
	return time.NewTicker(time.Duration(float64(time.Second) / rate)) // related `^this is not positive, or no number at all, unless rate is$` // want `^nothing checks that rate is positive, without which this panics$`
}

// NewRateOfBuffer sizes a buffer by the rate as well.
func NewRateOfBuffer(rate int) (chan struct{}, *time.Ticker) {
	return make(chan struct{}, rate), time.NewTicker(time.Second / time.Duration(rate)) // related `^this is not positive, or no number at all, unless rate is$` // want `^nothing checks that rate is positive, without which this panics$`
}

type bucket struct {
	rate    int
	checked int
	fixed   int
	clamped int
}

// NewBucket does not look at rate.
func NewBucket(rate, checked, clamped int) (*bucket, error) {
	if checked <= 0 {
		return nil, errors.New("not positive")
	}
	return &bucket{rate: rate, checked: checked, fixed: 10, clamped: max(clamped, 1)}, nil
}

func (b *bucket) fill(done chan struct{}) {
	t := time.NewTicker(time.Second / time.Duration(b.rate)) // related `^this is not positive, or no number at all, unless b\.rate is$` // want `^nothing checks that b\.rate is positive, without which this panics$`
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-done:
			return
		}
	}
}

func (b *bucket) others() []*time.Ticker {
	return []*time.Ticker{
		time.NewTicker(time.Second / time.Duration(b.checked)),
		time.NewTicker(time.Second / time.Duration(b.fixed)),
		time.NewTicker(time.Second / time.Duration(b.clamped)),
	}
}

// NewChecked returns an error in time.
func NewChecked(rate int) (*time.Ticker, error) {
	if rate < 1 {
		return nil, errors.New("not positive")
	}
	return time.NewTicker(time.Second / time.Duration(rate)), nil
}

// NewDefault has a default.
func NewDefault(rate int) *time.Ticker {
	if rate == 0 {
		rate = 10
	}
	return time.NewTicker(time.Second / time.Duration(rate))
}

// NewClamped has a least rate.
func NewClamped(rate int) *time.Ticker {
	return time.NewTicker(time.Second / time.Duration(max(rate, 1)))
}

// NewCheckedInterval looks at what comes of it.
func NewCheckedInterval(rate float64) *time.Ticker {
	d := time.Duration(float64(time.Second) / rate)
	if d <= 0 {
		d = time.Second
	}
	return time.NewTicker(d)
}

// NewValidated has another function look.
func NewValidated(rate int) *time.Ticker {
	mustBePositive(rate)
	return time.NewTicker(time.Second / time.Duration(rate))
}

func mustBePositive(n int) {
	if n <= 0 {
		panic("not positive")
	}
}

// NewInterval leaves the interval to its callers.
func NewInterval(d time.Duration, seconds int) []*time.Ticker {
	return []*time.Ticker{
		time.NewTicker(d),
		time.NewTicker(d / 2),
		time.NewTicker(time.Duration(seconds) * time.Second),
		time.NewTicker(time.Second / 10),
		time.NewTicker(time.Minute / time.Duration(runtime.NumCPU())),
	}
}

func fixedRate() *time.Ticker { return internalRate(5) }

func internalRate(rate int) *time.Ticker {
	return time.NewTicker(time.Second / time.Duration(rate))
}

// NewMillis computes in milliseconds.
func NewMillis(rps int) *time.Ticker {
	return time.NewTicker(time.Duration(1000/rps) * time.Millisecond) // related `^this is not positive, or no number at all, unless rps is$` // want `^nothing checks that rps is positive, without which this panics$`
}
