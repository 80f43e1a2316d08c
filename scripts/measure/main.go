//go:build unix

// Command measure runs a command and prints what it used, together with all
// the processes that it started: seconds of CPU (user and system), seconds of
// wall time, and mebibytes of memory of the largest of these processes.
//
// Usage:
//
//	go run ./scripts/measure command [argument...]
//
// The command's own output is dropped, unless it could not be run.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: measure command [argument...]")
		os.Exit(2)
	}
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	wall := time.Since(start)
	// Status 1 says that there are findings.
	if err != nil && cmd.ProcessState.ExitCode() != 1 {
		fmt.Fprintf(os.Stderr, "measure: %v: %v\n%s", os.Args[1:], err, out)
		os.Exit(1)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		fmt.Fprintln(os.Stderr, "measure: this system tells no resource usage")
		os.Exit(1)
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	fmt.Printf("%.2f %.2f %.0f\n", cpu.Seconds(), wall.Seconds(), mebibytes(int64(usage.Maxrss)))
}

// mebibytes converts a peak of memory, which the kernel of macOS counts in
// bytes and others in kibibytes. What was waited for counts with its waiter,
// so that the peak is that of the largest process of the whole tree.
func mebibytes(maxrss int64) float64 {
	if runtime.GOOS == "darwin" {
		return float64(maxrss) / (1 << 20)
	}
	return float64(maxrss) / (1 << 10)
}
