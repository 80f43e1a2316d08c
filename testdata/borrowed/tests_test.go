package borrowed

import "testing"

func TestLiteral(t *testing.T) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.Fatal("no") // finds testinggoroutine as testgoroutine
	}()
	<-done
}

func TestVariable(t *testing.T) {
	done := make(chan struct{})
	f := func() {
		defer close(done)
		t.Fatal("no") // finds testgoroutine
	}
	go f() // finds testinggoroutine alone
	<-done
}

func fail(t *testing.T) { t.FailNow() }

// The check sees through a helper.
func TestHelper(t *testing.T) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		fail(t) // finds testgoroutine
	}()
	<-done
}

// This test is made for the purpose, says the check.
func TestOfTest(t *testing.T) {
	fake := new(testing.T)
	done := make(chan struct{})
	go func() {
		defer close(done)
		fake.FailNow() // finds testinggoroutine
	}()
	<-done
}
