# shellcheck shell=bash
# A rack PDU: net-snmp's agent gives what APC's rPDU2 tree holds.

tool_packages='snmpd snmp'
tool_fleet='tags: [pdu]
params: {pdus: [{name: rack1, host: 127.0.0.1, outlets: [node1, 2]}]}'

pdu_says() # LOAD PHASE OUTLET TEMPERATURE
{
	local rpdu2=.1.3.6.1.4.1.318.1.1.26
	cat <<-END
		agentaddress udp:127.0.0.1:161
		rocommunity lab 127.0.0.1 .1.3.6.1.4.1.318
		override $rpdu2.4.3.1.4.1 integer $1
		override $rpdu2.4.3.1.5.1 integer 87
		override $rpdu2.4.3.1.12.1 integer 1
		override $rpdu2.6.3.1.4.1 integer $2
		override $rpdu2.9.2.3.1.3.1 octet_str node1
		override $rpdu2.9.2.3.1.3.2 octet_str switch
		override $rpdu2.9.2.3.1.4.1 integer 1
		override $rpdu2.9.2.3.1.4.2 integer 2
		override $rpdu2.9.2.3.1.5.1 integer 2
		override $rpdu2.9.2.3.1.5.2 integer $3
		override $rpdu2.10.2.2.1.9.1 integer $4
	END
}

tool_setup() # ROOT HOST
{
	pdu_says 2 2 2 4 | write "$1/etc/snmp/snmpd.conf"
	write "$1/etc/snmp/snmp.conf" <<<$'mibs :\ndefVersion 2c\ndefCommunity lab'
	systemctl -q --root="$1" enable snmpd.service
}

pdu_load()
{
	snmpget -Oqv 127.0.0.1 .1.3.6.1.4.1.318.1.1.26.4.3.1.4.1
}

tool_ready()
{
	until_true 30 pdu_load
}

pdu_now() # LOAD PHASE OUTLET TEMPERATURE
{
	pdu_says "$@" >/etc/snmp/snmpd.conf
	systemctl reset-failed snmpd.service # that many starts in so short a time
	systemctl restart snmpd.service
	until_true 30 pdu_load
}

well='pdu_now 2 2 2 4'
turns pdu-snmp 'pdu_now 4 2 2 4' "$well" crit 'PDU 1: overload' sweeps=2
turns pdu-snmp 'pdu_now 2 3 2 4' "$well" warn 'phase 1: near overload' sweeps=2
turns pdu-snmp 'pdu_now 2 2 1 4' "$well" crit 'outlet 2 is off' sweeps=2
turns pdu-snmp 'pdu_now 2 2 2 6' "$well" crit 'temperature 1: beyond its critical' sweeps=2
turns pdu-snmp 'systemctl stop snmpd.service' "systemctl start snmpd.service; until_true 30 pdu_load" \
	crit 'does not answer SNMP' sweeps=2
