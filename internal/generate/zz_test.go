package generate

import ("testing";"os";"runtime/pprof";"path/filepath")

func TestProf(t *testing.T) {
	dir, _ := filepath.Abs("../../runtime/internal/sample")
	f, _ := os.Create("/tmp/g/cpu.prof")
	pprof.StartCPUProfile(f)
	for range 20 {
		if _, err := Make(dir, []string{"."}, Options{}); err != nil { t.Fatal(err) }
	}
	pprof.StopCPUProfile()
}
