package leakedcancel

import (
	"context"

	"fixture.example/leakedcancel/dep"
)

func dropsImported(ctx context.Context) error {
	ctx, _ = dep.WithShort(ctx) // want `^the cancel function of dep\.WithShort is discarded$`
	return ping(ctx)
}

func losesImportedDeep() error {
	ctx, cancel := dep.WithShorter() // want `^cancel is not called on the path to the return on line 17$`
	if err := ping(ctx); err != nil {
		return err // related `^this return is reached without a call of cancel$`
	}
	cancel()
	return nil
}

func dropsImportedStart(ctx context.Context, run func(context.Context)) {
	_ = dep.Start(ctx, run) // want `^the stop function of dep\.Start is discarded$`
}

func losesImportedStart(ctx context.Context, run func(context.Context)) error {
	stop := dep.Start(ctx, run) // want `^stop is not called on the path to the return on line 30$`
	if err := ping(ctx); err != nil {
		return err // related `^this return is reached without a call of stop$`
	}
	stop()
	return nil
}

func losesImportedOpen(ctx context.Context) error {
	ctx, cancel, err := dep.Open(ctx) // want `^cancel is not called on the path to the return on line 42$`
	if err != nil {
		return err
	}
	if err := ping(ctx); err != nil {
		return err // related `^this return is reached without a call of cancel$`
	}
	cancel()
	return nil
}

func callsImportedOpen(ctx context.Context) error {
	ctx, cancel, err := dep.Open(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	return ping(ctx)
}

func ignoredByImported(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 59$`
	return dep.Ignore(ctx, cancel)         // related `^this return is reached without a call of cancel$`
}

func finishedByImported(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer dep.Finish(cancel)
	return ping(ctx)
}

func handedToIdle(ctx context.Context) bool {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 70$`
	return dep.Look(ctx, cancel)           // related `^this return is reached without a call of cancel$`
}
