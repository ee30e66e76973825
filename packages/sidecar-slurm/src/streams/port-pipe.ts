/**
 * A pipe between a step's standard streams and a port of its node, for `bash -c`; `$1` is the port. What the node has decides: perl with
 * its own sockets, socat, or an nc that can half-close. bash's /dev/tcp can't.
 */
export const portPipe = `
port=$1
if perl -MSocket -e 1 2>/dev/null; then exec perl -e "$2" "$port"; fi
if type -P socat >/dev/null; then exec socat -t 86400 - "TCP:localhost:$port"; fi
if nc -h 2>&1 | grep -q -- '-N'; then exec nc -N localhost "$port"; fi
echo 'this node has neither perl, socat nor an nc with -N' >&2
exit 3
`;

/** One process for each direction; the end of what the pod sends is the end of both. */
export const perlPipe = String.raw`
use strict; use warnings;
use Socket qw(:DEFAULT IN6ADDR_LOOPBACK pack_sockaddr_in6 pack_sockaddr_in);
my ($port) = @ARGV;
my $socket; my $problem = "";
for my $address ([PF_INET, pack_sockaddr_in($port, INADDR_LOOPBACK)], [PF_INET6, pack_sockaddr_in6($port, IN6ADDR_LOOPBACK)]) {
  my ($family, $name) = @$address;
  my $candidate;
  if (socket($candidate, $family, SOCK_STREAM, 0) && connect($candidate, $name)) { $socket = $candidate; last }
  $problem ||= "$!";
}
if (!$socket) { print STDERR "dial tcp localhost:$port: $problem\n"; exit 4 }
sub copy {
  my ($from, $to) = @_;
  while (my $read = sysread($from, my $bytes, 65536)) {
    for (my $done = 0; $done < $read; ) {
      my $written = syswrite($to, $bytes, $read - $done, $done);
      return if !defined $written;
      $done += $written;
    }
  }
}
$SIG{PIPE} = "IGNORE";
my $parent = $$;
$SIG{TERM} = sub { exit 0 };
my $child = fork();
if (!$child) {
  copy($socket, *STDOUT);
  # Heard just before it waits for input again, it would not end that.
  while (getppid() == $parent) { kill "TERM", $parent; select undef, undef, undef, 0.05 }
  exit 0;
}
copy(*STDIN, $socket);
shutdown($socket, 1);
waitpid($child, 0);
`;
