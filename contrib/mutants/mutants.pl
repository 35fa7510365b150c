#!/usr/bin/env perl
# Changes one line of a source file at a time, in one way, and lists the changes that no test notices.
#
#   mutants.pl [--most N] [--seed N] [--lines FROM-TO] [--jobs N] [--seconds N] [--outside GROUP,...] [--list] FILE.c ...
#   mutants.pl --these LIST [--jobs N] [--seconds N] [--outside GROUP,...]
#
# How: a coverage build tells which tests run which lines (a unit test is a program, a test of the program from outside
# is one script; kept in build/mutants/reached until the program changes). Each mutant is compiled, linked into
# the tests that run its line, and these are run, the quickest and those that have noticed much first, until one fails or
# outlives its time by far; a failure counts only of a test that passes with the original linked in the same way. One
# whose object code is that of the original is no mutant; one that does not compile is none either.
# A test that takes the coverage build more than REACH_SECONDS is taken to run every line of the files that it links.
# --most takes that many mutants of a file, spread evenly; another --seed, others. --seconds leaves out what would take a mutant longer than
# that in tests, by processor time, and --outside all tests from outside but those groups of tests/cli, so that those
# that "lived" may be too many. --these tries lines as --list and the result print them
# (FILE.c:LINE: KIND: TEXT), such as those that lived before there was a test. Status 1 if more than one in twenty lived.
#
# What is changed, as in R. A. DeMillo, R. J. Lipton, F. G. Sayward, "Hints on test data selection", Computer 11 (1978):
# comparisons, signs and operators of arithmetic, logical operators, constants, and statements that are left out.
use strict;
use warnings;
use Cwd qw(getcwd);
use Digest::MD5;
use File::Basename qw(dirname basename);
use File::Path qw(make_path remove_tree);
use FindBin;
use Getopt::Long;
use JSON::PP qw(decode_json);
use POSIX qw(ceil);
use Time::HiRes;

$| = 1;
use constant { LIVED_SHARE_MAX => 0.05, SECONDS_LEAST => 10, SLOWER_MOST => 5, WAITS => 20, REACH_SECONDS => 40,
	COVERAGE_SLOWER => 5 };

chdir "$FindBin::Bin/../.." or die "mutants: $!\n";
my $ROOT = getcwd();
my $HOME = 'build/mutants';
my @LIBRARIES;
my %BESIDE = (test_laws => ['build/release-gcc/tests/peers/laws.o']);
my @LINKER = grep { -x '/usr/bin/ld.gold' } '-fuse-ld=gold';
my %option = (jobs => 1 * `nproc`, seconds => 600, seed => 0);
GetOptions(\%option, 'most=i', 'seed=i', 'lines=s', 'jobs=i', 'seconds=f', 'these=s', 'outside=s', 'list') && (@ARGV xor defined $option{these})
	or die "usage: mutants.pl [--most N] [--seed N] [--lines FROM-TO] [--jobs N] [--seconds N] [--outside GROUP,...] [--list] (--these LIST | FILE.c ...)\n";

# --- what is changed -------------------------------------------------------------------------------------------
# Each row: what it is called, a pattern of what is changed ($1) in a line of code, and what stands there instead.
my $SPACED = '(?<=[\w\)\]] )';
my @KINDS = (
	['comparison', qr/$SPACED(<=|>=|<|>|==|!=)(?= [\w\(\-!&*"'])/, sub { ({'<' => '<=', '<=' => '<', '>' => '>=', '>=' => '>', '==' => '!=', '!=' => '=='}->{$_[0]}) }],
	['turned comparison', qr/$SPACED(<=|>=|<|>)(?= [\w\(\-])/, sub { ({'<' => '>', '<=' => '>=', '>' => '<', '>=' => '<='}->{$_[0]}) }],
	['operator', qr/$SPACED([-+*\/%])(?= [\w\(\-])/, sub { ({'+' => '-', '-' => '+', '*' => '/', '/' => '*', '%' => '*'}->{$_[0]}) }],
	['assignment', qr/$SPACED([-+*\/]=)(?= )/, sub { ({'+=' => '-=', '-=' => '+=', '*=' => '/=', '/=' => '*='}->{$_[0]}) }],
	['sign', qr/(?:[=(,?:]|return) (?=-\w)()(?=-)/, sub { '!MINUS' }],
	['step', qr/(\+\+|--)/, sub { ({'++' => '--', '--' => '++'}->{$_[0]}) }],
	['logic', qr/ (&&|\|\|)(?= |$)/, sub { ({'&&' => '||', '||' => '&&'}->{$_[0]}) }],
	['negation', qr/(?<=[(\s&|])(!)(?=[\w(])/, sub { '' }],
	['condition', qr/\bif \((?=.*\)(?: \{)?$)()/, sub { '!' }],
	['constant', qr/(?<![\w.\]"])(\d+(?:\.\d+)?(?:e-?\d+)?)(?![\w."])/, sub { $_[0] =~ /^0(?:\.0)?$/ ? '1' : $_[0] =~ /^\d+$/ ? $_[0] + 1 : "($_[0] * 1.5)" }],
	['truth', qr/\b(true|false)\b/, sub { ({'true' => 'false', 'false' => 'true'}->{$_[0]}) }],
	['least and most', qr/\b(fmin|fmax)(?=\()/, sub { ({fmin => 'fmax', fmax => 'fmin'}->{$_[0]}) }],
);
my $STATEMENT = qr/^\t+(?!return\b|break\b|continue\b|goto\b|case\b|const\b|static\b|struct\b|enum\b|int|uint|size_t|double|bool|char|else\b|if\b|for\b|while\b|do\b|switch\b|default\b|CHECK)[\w*&(][^;"]*(?:=|\(|\+\+|--)[^;]*;$/;

# Lines of code: [number, text]; comments, preprocessor lines, and tables of strings are none.
sub code_lines {
	my @lines = @_;
	my ($comment, @code) = (0);
	for my $i (0 .. $#lines) {
		my $text = $lines[$i];
		if ($comment) { $comment = 0 if $text =~ m{\*/}; next }
		if ($text =~ m{^\s*/\*}) { $comment = 1 unless $text =~ m{\*/}; next }
		next if $text =~ /^\s*#/ || $text =~ /^\s*$/ || $text =~ /^\s*CHECK\(/;
		push @code, [$i, $text];
	}
	return @code;
}

# [line index, kind, new text] of each mutant of a file.
sub mutants_of {
	my @lines = @_;
	my @mutants;
	for my $line (code_lines(@lines)) {
		my ($i, $text) = @$line;
		my $code = $text;
		$code =~ s{/\*.*?\*/}{' ' x length $&}ge;                 # as long as it was, so that places stay
		$code =~ s{"(?:\\.|[^"\\])*"}{'"' . '_' x (length($&) - 2) . '"'}ge;
		for my $kind (@KINDS) {
			my ($name, $pattern, $instead) = @$kind;
			while ($code =~ /$pattern/g) {
				my ($from, $to, $old) = ($-[1], $+[1], $1);
				my $new = $instead->("$old");
				my $changed = $text;
				if ($new eq '!MINUS') { substr($changed, $to, 1) = '+' } else { substr($changed, $from, $to - $from) = $new }
				if ($name eq 'condition') {
					$changed =~ s/\bif \(!(.*)\)( \{)?$/"if (!($1))" . ($2 \/\/ '')/e;
				}
				push @mutants, [$i, $name, $changed];
			}
		}
		push @mutants, [$i, 'left out', ($text =~ /^(\t+)/)[0] . ';'] if $code =~ $STATEMENT;
	}
	return @mutants;
}

# --- the build -------------------------------------------------------------------------------------------------
# So many seconds of processor time at most (0: any), and, as what hangs takes none, WAITS times as long by the clock.
sub run_quietly {
	my ($seconds, $log, @command) = @_;
	my $most = ceil($seconds);
	my $child = fork() // die "mutants: fork: $!\n";
	if (!$child) {
		setpgrp(0, 0);
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', $log;
		open STDERR, '>&', \*STDOUT;
		exec 'bash', '-c', "ulimit -t $most; exec \"\$@\"", 'test', @command if $seconds;
		exec @command or exit 127;
	}
	my $late = 0;
	local $SIG{ALRM} = sub { $late = 1; kill 'KILL', -$child };
	Time::HiRes::alarm(WAITS * $seconds) if $seconds;
	waitpid $child, 0;
	Time::HiRes::alarm(0) if $seconds;
	return $late ? -1 : $?;
}

sub make { run_quietly(0, "$HOME/make.log", 'make', '--no-print-directory', "-j$option{jobs}", @_) == 0 or die "mutants: make @_ failed, see $HOME/make.log\n" }

sub tests {
	my @units = map { {name => $_, kind => 'unit'} } map { s{^tests/unit/}{}r =~ s/\.c$//r } sort glob 'tests/unit/test_*.c';
	my @groups = split /,/, $option{outside} // '*';
	my @scripts = map { {name => $_, kind => 'cli'} } sort map { glob "tests/cli/$_/*.sh" } @groups;
	return (@units, @scripts);
}

# The command that runs a test whose programs are in a folder.
sub command_of {
	my ($test, $folder) = @_;
	return $test->{kind} eq 'unit' ? ("$folder/tests/unit/$test->{name}") : ('tests/cli/run.sh', '--program', "$folder/lamina", $test->{name});
}

sub stem { return $_[0] =~ tr{/}{_}r }

# What a test's counters depend on.
sub key_of {
	my ($test) = @_;
	my $digest = Digest::MD5->new;
	my @files = $test->{kind} eq 'unit' ? "build/coverage-gcc/tests/unit/$test->{name}" : ('build/coverage-gcc/lamina', $test->{name}, glob 'tests/data/*');
	$digest->add(slurp($_)) for @files;
	return $digest->hexdigest;
}

sub first_line { my ($path) = @_; open my $file, '<', $path or return ''; my $line = <$file> // ''; chomp $line; return $line }

# Runs tests that have changed in the coverage build; their counters are kept, a folder each, with the seconds they took.
# One that fails there, as it takes too long, is timed in the release build and has no counters.
sub reach {
	make('MODE=coverage', 'CC=gcc', 'test-programs');
	make_path("$HOME/reached");
	my @tests = tests();
	my @children;
	for my $worker (0 .. $option{jobs} - 1) {
		my $child = fork() // die;
		if ($child) { push @children, $child; next }
		reach_one($tests[$_]) for grep { $_ % $option{jobs} == $worker } 0 .. $#tests;
		exit 0;
	}
	for my $child (@children) {
		waitpid $child, 0;
		die "mutants: a worker failed\n" if $?;
	}
}

sub reach_one {
	my ($test) = @_;
	my $into = "$ROOT/$HOME/reached/" . stem($test->{name});
	my $key = key_of($test);
	return if first_line("$into/key") eq $key;
	remove_tree($into);
	make_path($into);
	local $ENV{GCOV_PREFIX} = $into;
	local $ENV{GCOV_PREFIX_STRIP} = scalar grep { length } split m{/}, $ROOT;
	my $begin = seconds_of_children();
	my $status = run_quietly(REACH_SECONDS, "$into/log", command_of($test, 'build/coverage-gcc'));
	my $seconds = seconds_of_children() - $begin;
	if ($status != 0) {
		remove_tree("$into/build");
		$begin = seconds_of_children();
		$status = run_quietly($option{seconds}, "$into/log", command_of($test, 'build/release-gcc'));
		$seconds = COVERAGE_SLOWER * (seconds_of_children() - $begin);
		write_line("$into/everywhere", '');
	}
	write_line("$into/seconds", $status == 0 ? $seconds : 'failed');
	write_line("$into/key", $key);
}

# Processor time, which a busy neighbour changes little.
sub seconds_of_children { my (undef, undef, $user, $system) = times; return $user + $system }

sub write_line { my ($path, $line) = @_; open my $file, '>', $path or die "mutants: $path: $!\n"; print $file "$line\n" }

# Global names that an object or a program defines.
sub names_of { my ($path) = @_; return grep { length } map { (split ' ')[2] // '' } split /\n/, `nm --defined-only --extern-only '$path'` }

sub is_linked {
	my ($test, $object) = @_;
	return 1 if $test->{kind} ne 'unit';
	my %there = map { $_ => 1 } names_of("build/release-gcc/tests/unit/$test->{name}");
	return scalar grep { $there{$_} } names_of($object);
}

# Line number => tests that run it, and at 0 those that may run any.
sub tests_by_line {
	my ($file, @tests) = @_;
	my %by_line;
	(my $object = "build/coverage-gcc/$file") =~ s/\.c$//;
	for my $test (@tests) {
		my $from = "$HOME/reached/" . stem($test->{name});
		$test->{seconds} = first_line("$from/seconds");
		next if $test->{seconds} eq 'failed';
		if (-e "$from/everywhere") {
			push @{$by_line{0}}, $test if is_linked($test, $object =~ s/coverage/release/r . '.o');
			next;
		}
		next unless -e "$from/$object.gcda";
		link_once("$object.gcno", "$from/$object.gcno");
		open my $gcov, '-|', "gcov --json-format --stdout '$from/$object.gcda' 2>/dev/null" or die;
		my $text = do { local $/; <$gcov> };
		for my $part (@{decode_json($text)->{files}}) {
			next unless $part->{file} eq $file;
			push @{$by_line{$_->{line_number}}}, $test for grep { $_->{count} > 0 } @{$part->{lines}};
		}
	}
	return \%by_line;
}

sub link_once { my ($to, $link) = @_; symlink "$ROOT/$to", $link unless -e $link }

# A statement of several lines is counted on one of them; a table's row is on none, and any test of the file may see it.
sub tests_of_line {
	my ($by_line, $number) = @_;
	for my $offset (0, -1, 1, -2, 2, -3) {
		my $tests = $number + $offset > 0 ? $by_line->{$number + $offset} : undef;
		return [@$tests, @{$by_line->{0} // []}] if $tests;
	}
	my %all = map { $_->{name} => $_ } map { @$_ } values %$by_line;
	return [values %all];
}

# --- one mutant ------------------------------------------------------------------------------------------------
sub slurp { open my $file, '<', $_[0] or die "mutants: $_[0]: $!\n"; local $/; return <$file> }

sub compile { my ($source, $object, @flags) = @_; return run_quietly(120, "$object.log", @flags, '-c', '-o', $object, $source) == 0 }

sub link_test {
	my ($test, $folder, $object, @flags) = @_;
	my $is_unit = $test->{kind} eq 'unit';
	my @main = $is_unit ? ("build/release-gcc/tests/unit/$test->{name}.o", @{$BESIDE{$test->{name}} // []}) : 'build/release-gcc/sim/cli/main.o';
	my $program = $is_unit ? "$folder/tests/unit/$test->{name}" : "$folder/lamina";
	return if !$is_unit && -e $program;
	make_path(dirname($program));
	run_quietly(120, "$folder/link.log", @flags, @LINKER, '-o', $program, @main, $object, 'build/release-gcc/liblamina.a', @LIBRARIES) == 0
		or die "mutants: cannot link $test->{name}, see $folder/link.log\n";
	return if $is_unit;
	make_path("$folder/tests/onnx");
	symlink "$ROOT/build/release-gcc/tests/onnx/onnx_write", "$folder/tests/onnx/onnx_write";
}

# The tests of a line in the order in which they are tried: where a failure is likely and cheap, first.
my %noticed;
sub in_order {
	my @tests = sort { $a->{seconds} / (1 + ($noticed{$a->{name}} // 0)) <=> $b->{seconds} / (1 + ($noticed{$b->{name}} // 0)) || $a->{name} cmp $b->{name} } @_;
	my $left = $option{seconds};
	return grep { ($left -= $_->{seconds}) >= 0 } @tests;
}

# A test passes with the original linked like a mutant; found out once.
my %sound;
sub is_sound {
	my ($test, $original, $folder, @flags) = @_;
	return $sound{$test->{name}} //= do {
		my $beside = "$folder.original";
		remove_tree($beside);
		make_path($beside);
		link_test($test, $beside, $original, @flags);
		run_quietly(2 * most_seconds($test), "$beside/test.log", command_of($test, $beside)) == 0 ? 1 : 0;
	};
}

sub most_seconds { return SECONDS_LEAST + SLOWER_MOST * $_[0]{seconds} }

# 'none' (no mutant), 'lived', or the test that noticed.
sub try_mutant {
	my ($file, $lines, $mutant, $tests, $original, $folder, @flags) = @_;
	remove_tree($folder);
	make_path($folder);
	my ($i, undef, $text) = @$mutant;
	my @changed = @$lines;
	$changed[$i] = $text;
	my $source = "$folder/" . basename($file);
	open my $out, '>', $source or die;
	print $out "$_\n" for @changed;
	close $out;
	my $object = "$folder/mutant.o";
	my @here = (@flags, '-I' . dirname($file));
	return 'none' unless compile($source, $object, @here, '-Wno-error', '-w');
	return 'none' if slurp($object) eq slurp($original);
	for my $test (in_order(@$tests)) {
		link_test($test, $folder, $object, @flags);
		next if run_quietly(most_seconds($test), "$folder/test.log", command_of($test, $folder)) == 0;
		next if !is_sound($test, $original, $folder, @flags);
		$noticed{$test->{name}}++;
		return $test->{name};
	}
	return 'lived';
}

# Folders of mutants are as deep as build/release-gcc, from where the program finds its data.
sub original_object {
	my ($file, @flags) = @_;
	my $folder = "$HOME/original/" . stem($file);
	remove_tree($folder);
	make_path($folder);
	my $source = "$folder/" . basename($file);
	open my $out, '>', $source or die;
	print $out slurp($file);
	close $out;
	compile($source, "$folder/mutant.o", @flags, '-I' . dirname($file), '-w') or die "mutants: $file does not compile\n";
	return "$folder/mutant.o";
}

sub chosen {
	my @mutants = @_;
	if ($option{lines}) {
		my ($from, $to) = split /-/, $option{lines};
		@mutants = grep { $_->[0] + 1 >= $from && $_->[0] + 1 <= ($to // $from) } @mutants;
	}
	return @mutants if !$option{most} || @mutants <= $option{most};
	my $place = 0.5 + $option{seed} * (sqrt(5) - 1) / 2;
	$place -= int $place;
	return map { $mutants[int(($_ + $place) * @mutants / $option{most})] } 0 .. $option{most} - 1;
}

# File => mutants that are asked for by their lines.
my %these;
sub read_these {
	for my $row (split /\n/, slurp($option{these})) {
		my ($file, $line, $kind, $text) = $row =~ /^([^:]+\.c):(\d+): ([^:]+): (.*)$/ or next;
		push @{$these{$file}}, [$line - 1, $kind, $text];
	}
	return sort keys %these;
}

# Tries all chosen mutants of a file; returns how many there were and how many lived.
sub try_file {
	my ($file) = @_;
	my @lines = split /\n/, slurp($file), -1;
	pop @lines;
	my @mutants = $these{$file} ? @{$these{$file}} : chosen(mutants_of(@lines));
	if ($option{list}) {
		printf "%s:%d: %s: %s\n", $file, $_->[0] + 1, $_->[1], $_->[2] =~ s/^\s+//r for @mutants;
		return (0, 0);
	}
	my $by_line = tests_by_line($file, tests());
	my @flags = grep { $_ ne '-g' && $_ ne '-Werror' } split ' ', `make --no-print-directory print-compile`;
	my $original = original_object($file, @flags);
	my @pipes;
	for my $worker (0 .. $option{jobs} - 1) {
		pipe my $read, my $write or die;
		my $child = fork() // die;
		if ($child) { close $write; push @pipes, [$read, $child]; next }
		for my $n (grep { $_ % $option{jobs} == $worker } 0 .. $#mutants) {
			my $tests = tests_of_line($by_line, $mutants[$n][0] + 1);
			my $end = try_mutant($file, \@lines, $mutants[$n], $tests, $original, "$HOME.worker$worker", @flags);
			syswrite $write, "$n\t$end\n";
		}
		exit 0;
	}
	my ($tried, @lived) = (0);
	for my $pipe (@pipes) {
		my ($read, $child) = @$pipe;
		while (my $row = <$read>) {
			chomp $row;
			my ($n, $end) = split /\t/, $row;
			next if $end eq 'none';
			$tried++;
			push @lived, $n if $end eq 'lived';
			$noticed{$end}++ if $end ne 'lived';
		}
		waitpid $child, 0;
		die "mutants: a worker failed\n" if $?;
	}
	for my $n (sort { $a <=> $b } @lived) {
		my ($i, $kind, $text) = @{$mutants[$n]};
		printf "%s:%d: %s: %s\n", $file, $i + 1, $kind, $text =~ s/^\s+//r;
	}
	printf "%s: %d of %d lived\n", $file, scalar @lived, $tried;
	return ($tried, scalar @lived);
}

make_path($HOME);
if (!$option{list}) {
	@LIBRARIES = split ' ', `make --no-print-directory print-libraries`;
	make('MODE=release', 'CC=gcc', 'test-programs');
	reach();
}
my ($tried, $lived) = (0, 0);
my @files = $option{these} ? read_these() : @ARGV;
for my $file (@files) {
	my ($some, $alive) = try_file($file);
	$tried += $some;
	$lived += $alive;
}
printf "%d of %d lived (%.1f %%)\n", $lived, $tried, $tried ? 100 * $lived / $tried : 0 if @files > 1 && !$option{list};
exit($lived > LIVED_SHARE_MAX * $tried ? 1 : 0);
