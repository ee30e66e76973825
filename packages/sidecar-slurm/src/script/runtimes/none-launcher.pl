# Becomes a command with an environment and in a folder: FILE (NAME=value, NUL-terminated), FOLDER, the folder instead, WORD…
# No value passes an argument, which everybody on the node can read; names need not be a shell's.
use strict;
my ($file, $folder, $instead, @words) = @ARGV;
open(my $in, '<:raw', $file) or die "cannot read $file: $!\n";
my @pairs = split /\0/, do { local $/; <$in> };
close $in;
# As Docker has it: who has a terminal has a kind of terminal.
%ENV = -t STDIN ? (TERM => 'xterm') : ();
/^([^=]*)=(.*)$/s and $ENV{$1} = $2 for @pairs;
chdir $folder or chdir $instead or die "cannot enter $instead: $!\n";
no warnings 'exec';
exec { $words[0] } @words;
# 2 is ENOENT; its name needs a module that small perls lack.
my $missing = $! == 2;
print STDERR "exec: \"$words[0]\": $!\n";
exit($missing ? 127 : 126);
