# Figures, no assertions:  make bench-sweep
EXTRA_PROGRAMS += tests/bench/sweep_hosts tests/bench/delay_proxy tests/bench/judge
tests_bench_sweep_hosts_SOURCES = tests/bench/sweep_hosts.c
tests_bench_sweep_hosts_LDADD = libcore.a $(CORE_LIBS)
tests_bench_judge_SOURCES = tests/bench/judge.c tests/bench/judge_subjects.c tests/bench/judge_subjects.h
tests_bench_judge_LDADD = libcore.a $(CORE_LIBS)
tests_bench_delay_proxy_SOURCES = tests/lab/delay_proxy.c
tests_bench_delay_proxy_LDADD =

bench-sweep: tests/bench/sweep_hosts tests/bench/delay_proxy
	$(top_srcdir)/tests/bench/sweep $(abs_builddir)
bench-judge: tests/bench/judge
	tests/bench/judge $(srcdir)/checks 100
.PHONY: bench-sweep bench-judge
CLEANFILES += tests/bench/judge tests/bench/sweep_hosts tests/bench/delay_proxy
EXTRA_DIST += tests/bench/screen tests/bench/sweep tests/bench/local.mk
