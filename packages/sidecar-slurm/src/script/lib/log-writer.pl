# Writes what a container says as lines of the CRI's log format, waits for its end, and tells it.
# Arguments: the leader's pid, the descriptors of its stdout and stderr and of the lifecycle's bus, the log's path, the words of the
# message's beginning, the time, in milliseconds, whether somebody may type to the container, and the descriptor by which the leader
# hears that it may begin. It took the place of the shell that began the leader, so that the leader is its child.
use strict;
my ($leader, $stdout, $stderr, $bus, $path, $who, $began, $attended, $gate) = @ARGV;

sub uptime {
  open(my $in, '<', '/proc/uptime') or die "cannot read /proc/uptime: $!";
  return (split ' ', <$in>)[0];
}
# Small perls (perl-base of Debian, perl-interpreter of RHEL) have no Time::HiRes: the kernel's hundredths of a second then, from the
# time that bash has said on.
my $base = $began / 1000 - uptime();
my $clock = eval { require Time::HiRes; \&Time::HiRes::time } || sub { $base + uptime() };
my $longest = 16384;
# By number: the names need a module that small perls lack.
my $interrupted = 4;
$SIG{$_} = 'IGNORE' for qw(TERM INT HUP USR1 USR2 PIPE);
# Interrupts the wait for output.
$SIG{CHLD} = sub { };
open(my $log, '>>:raw', $path) or die "cannot write $path: $!";
my %name = ($stdout => 'stdout', $stderr => 'stderr');
my (%pipe, %held);
for my $fd ($stdout, $stderr) {
  open($pipe{$fd}, '<&=', $fd) or die "no descriptor $fd: $!";
  binmode $pipe{$fd};
  $held{$fd} = '';
}

open(my $begin, '>&=', $gate) or die "no descriptor $gate: $!";
syswrite $begin, "\n";
close $begin;

sub stamp {
  my $now = $clock->();
  my ($s, $m, $h, $day, $month, $year) = gmtime int $now;
  my $nano = int(($now - int $now) * 1e6) * 1000;
  return sprintf '%04d-%02d-%02dT%02d:%02d:%02d.%09dZ', $year + 1900, $month + 1, $day, $h, $m, $s, $nano;
}

sub put {
  my $rest = $_[0];
  while (length $rest) {
    my $written = syswrite $log, $rest;
    # A full disk: what can't be kept is lost, the container goes on.
    last unless defined $written || $! == $interrupted;
    substr $rest, 0, $written || 0, '';
  }
}

# Looks at one place in every $longest bytes.
sub has_long_line {
  my $place = 0;
  while (length($_[0]) - $place > $longest) {
    my $end = rindex $_[0], "\n", $place + $longest;
    return 1 if $end < $place;
    $place = $end + 1;
  }
  return 0;
}

# What has no newline yet is held, a long line goes out in parts.
sub add {
  my $fd = $_[0];
  my $from = stamp() . " $name{$fd} ";
  my $text = $held{$fd} . $_[1];
  my $end = rindex $text, "\n";
  my $lines = substr $text, 0, $end + 1, '';
  my $out = '';
  if (length $lines) {
    if (has_long_line($lines)) {
      for my $line ($lines =~ /([^\n]*)\n/g) {
        $out .= "${from}P " . substr($line, 0, $longest, '') . "\n" while length $line > $longest;
        $out .= "${from}F $line\n";
      }
    } else {
      $lines =~ s/^/${from}F /mg;
      $out = $lines;
    }
  }
  $out .= "${from}P " . substr($text, 0, $longest, '') . "\n" while length $text >= $longest;
  $held{$fd} = $text;
  put($out) if length $out;
}

# Reads what is there; returns whether there was something.
sub take {
  my ($seconds) = @_;
  my $wanted = '';
  vec($wanted, $_, 1) = 1 for keys %pipe;
  return 0 unless select(my $ready = $wanted, undef, undef, $seconds) > 0;
  for my $fd (grep { vec $ready, $_, 1 } sort { $a <=> $b } keys %pipe) {
    my $count = sysread $pipe{$fd}, my $chunk, 65536;
    next if !defined $count && $! == $interrupted;
    if ($count) { add($fd, $chunk) } else { delete $pipe{$fd} }
  }
  return 1;
}

# What has no newline yet, as a part of its line.
sub put_held {
  for my $fd ($stdout, $stderr) {
    put(stamp() . " $name{$fd} P $held{$fd}\n") if length $held{$fd};
    $held{$fd} = '';
  }
}

my $status;
while (!defined $status) {
  # A question that waits for its answer ends no line. The limit else is for a child that ended just before the wait began while somebody
  # else holds its pipes.
  my $is_held = $attended && length $held{$stdout} . $held{$stderr};
  my $has_said = %pipe && take($is_held ? 0.02 : 5);
  put_held() if $is_held && !$has_said;
  my $found = waitpid($leader, %pipe ? 1 : 0);
  # There is none: it was killed before it could begin.
  $status = $found == $leader ? $? : 9 if $found != 0;
}
my $ended = int($clock->() * 1000);
# As a container's end does, the leader's ends whatever it left in its group.
kill 'KILL', -$leader;
# What was written before the end is in the pipes by now; whoever left the group must not keep the container running.
my $last = $clock->() + 2;
while (%pipe && $clock->() < $last) { last unless take(0.05) }
put_held();
my $signal = $status & 127;
my $code = $signal ? 128 + $signal : $status >> 8;
open(my $lifecycle, '>>&=', $bus) or die "no descriptor $bus: $!";
syswrite $lifecycle, "ended $who $code $signal $ended\x01\n";
