#!/usr/bin/perl
# Shows the files of a folder over HTTP on loopback, one request after the other.
use strict;
use IO::Socket::INET;

my ($folder, $port) = @ARGV;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 16, ReuseAddr => 1) or die "port $port: $!";
while (1) {
    my $reader = $server->accept or next;
    my ($name) = (<$reader> // '') =~ m{^GET /([\w.-]+) };
    while (defined(my $line = <$reader>)) { last if $line =~ /^\r?\n$/ }
    my $body;
    if (defined $name and open my $file, '<', "$folder/$name") { local $/; $body = <$file> }
    my $status = defined $body ? '200 OK' : '404 Not Found';
    $body //= 'not here';
    my $type = $name =~ /html$/ ? 'text/html; charset=utf-8' : 'text/plain';
    print $reader "HTTP/1.1 $status\r\nContent-Type: $type\r\nContent-Length: " . length($body) . "\r\nConnection: close\r\n\r\n$body";
    close $reader;
}
