EXTRA_DIST += tests/lab/README.md tests/lab/lab tests/lab/base.sh tests/lab/roles.sh \
	tests/lab/host.sh tests/lab/faults.sh tests/lab/store-setup tests/lab/selftest \
	tests/lab/build_trixie.sh tests/lab/loopback tests/lab/delay_proxy.c tests/lab/local.mk \
	tests/lab/common.sh tests/lab/screen.sh tests/lab/machine.sh tests/lab/tools.sh tests/lab/vm.sh \
	tests/lab/tool_host tests/lab/tool_layer.sh tests/lab/test_tools.sh \
	tests/lab/test_faults.sh tests/lab/test_install.sh tests/lab/test_outdated.sh \
	tests/lab/test_panes.sh tests/lab/test_scan.sh tests/lab/test_story.sh
