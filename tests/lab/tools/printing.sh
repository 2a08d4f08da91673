# shellcheck shell=bash
# CUPS with two queues, and SANE with its test backend for a scanner.

tool_packages='cups cups-client sane-utils'
tool_fleet='tags: [cups, scanners]
params: {cups_printers: [laser, label], scanners: ["test:0"]}'

tool_setup() # ROOT HOST
{
	echo test >"$1/etc/sane.d/dll.conf"
	systemctl -q --root="$1" enable cups.service
}

# The discard port: a printer that is off.
tool_ready()
{
	until_true 30 lpstat -r
	lpadmin -p laser -E -v socket://127.0.0.1:9 -m raw
	lpadmin -p label -E -v socket://127.0.0.1:9 -m raw
}

says() # WORDS: lpstat does
{
	lpstat -t | grep -q "$1"
}
no_cups()
{
	systemctl stop cups.socket cups.path cups.service
	says 'scheduler is not running'
}
cups_again()
{
	systemctl start cups.socket cups.path cups.service
	until_true 30 says 'scheduler is running'
}

turns cups 'cupsdisable -r "tray 2 is open" laser' 'cupsenable laser' warn 'laser: disabled.*tray 2'
turns cups 'cupsreject label' 'cupsaccept label' warn 'label: rejecting'
turns cups 'lp -d laser /etc/hostname; until_true 30 says unavailable' \
	'cancel -a laser; until_true 30 no says unavailable' warn 'laser: .*unavailable'
turns cups 'lpadmin -x label' 'lpadmin -p label -E -v socket://127.0.0.1:9 -m raw' warn 'no queue label'
turns cups no_cups cups_again crit 'scheduler does not run'

turns scanners 'echo net >/etc/sane.d/dll.conf' 'echo test >/etc/sane.d/dll.conf' warn 'no scanner is found'
