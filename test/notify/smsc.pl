#!/usr/bin/perl
# An SMSC on Net::SMPP. Prints `port N`, then a line for each thing that happens. The last digit of the number
# says what becomes of a message: 1 delivered, 2 expired, 3 throttled once, 4 refused, 5 never answered,
# 6 the connection is cut, 7 delivered with the id in decimal.
use strict;
use warnings;
use Net::SMPP;

$| = 1;
my ($port, $password) = @ARGV;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => $port) or die "listen: $!";
print 'port ', $listener->sockport, "\n";

my $next = 0x1000;
my %throttled;

while (my $peer = $listener->accept) {
    print "connected\n";
    serve($peer);
    close $peer;
    print "closed\n";
}

sub serve {
    my ($peer) = @_;
    while (my $pdu = $peer->read_pdu) {
        my ($cmd, $seq) = ($pdu->{cmd}, $pdu->{seq});
        if ($cmd == Net::SMPP::CMD_bind_transceiver) {
            my $ok = $pdu->{password} eq $password;
            $peer->bind_transceiver_resp(system_id => 'smsc', seq => $seq, status => $ok ? 0 : 0x0e);
            print 'bind ', $pdu->{system_id}, $ok ? " ok\n" : " wrong password\n";
            return unless $ok;
        } elsif ($cmd == Net::SMPP::CMD_submit_sm) {
            return unless submitted($peer, $pdu);
        } elsif ($cmd == Net::SMPP::CMD_enquire_link) {
            $peer->enquire_link_resp(seq => $seq);
            print "enquire\n";
        } elsif ($cmd == Net::SMPP::CMD_unbind) {
            $peer->unbind_resp(seq => $seq);
            print "unbind\n";
            return;
        }
    }
}

sub submitted {
    my ($peer, $pdu) = @_;
    my ($to, $seq) = ($pdu->{destination_addr}, $pdu->{seq});
    printf "submit %s from %s coding %d class %d receipt %d %s\n", $to, $pdu->{source_addr},
        $pdu->{data_coding}, $pdu->{esm_class}, $pdu->{registered_delivery},
        unpack('H*', $pdu->{short_message});
    my $what = substr $to, -1;
    return 0 if $what eq '6';
    return 1 if $what eq '5';
    if ($what eq '4') {
        $peer->submit_sm_resp(message_id => '', seq => $seq, status => 0x0b);
        return 1;
    }
    if ($what eq '3' && !$throttled{$to}++) {
        $peer->submit_sm_resp(message_id => '', seq => $seq, status => 0x58);
        return 1;
    }
    my $number = $next++;
    my $id = sprintf '%x', $number;
    $peer->submit_sm_resp(message_id => $id, seq => $seq);
    return 1 unless $pdu->{registered_delivery};
    my $told = $what eq '7' ? sprintf('%010d', $number) : $id;
    my $state = $what eq '2' ? 'EXPIRED' : 'DELIVRD';
    my $error = $what eq '2' ? '027' : '000';
    $peer->deliver_sm(
        async => 1, source_addr => $to, destination_addr => $pdu->{source_addr}, esm_class => 0x04,
        short_message => "id:$told sub:001 dlvrd:001 submit date:2611220800 done date:2611220801 "
            . "stat:$state err:$error text:");
    return 1;
}
