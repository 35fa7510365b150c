#!/usr/bin/perl
# The house rules that a machine can check, over every C file (see CONTRIBUTING.md).
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Sources qw(c_files slurp code_only report);

chdir "$FindBin::Bin/../.." or die;
use constant { FILE_LINES_MAX => 700, FUNCTION_LINES_MAX => 70, COLUMNS_MAX => 120 };
use constant { CRUMB_LINES => 40, CRUMBS_PERCENT_MAX => 18, PIECE_COLUMNS_MIN => 30 };

my %text = map { $_ => slurp($_) } c_files('sim', 'kernels', 'tests');
my %code = map { $_ => code_only($text{$_}) } keys %text;
my @files = sort keys %text;
my @ours = grep { !m{^tests/} } @files;

# Each match of the pattern in the files' code, as file:line.
sub matches {
	my ($pattern, $why, $source, @among) = @_;
	my @findings;
	for my $file (@among) {
		my $line = 0;
		for (split /\n/, $source->{$file}) {
			$line++;
			push @findings, "$file:$line: $1: $why" if /($pattern)/;
		}
	}
	return @findings;
}

my $not_part = qr/(?<![\w.>])/;
report('no function that cannot be used safely',
	matches(qr/${not_part}(?:atoi|atol|atof|sprintf|vsprintf|strcpy|strcat|strtok|gets|ctime|asctime|alloca)\s*\(/,
		'banned', \%code, @files));
report('memory comes from sim/common/base',
	matches(qr/${not_part}(?:malloc|calloc|realloc|free|strdup|strndup|asprintf|vasprintf)\s*\(/,
		'use an arena or mem_alloc', \%code, grep { !m{^sim/common/base/} } @ours));
report('no extern in .c files', matches(qr/^\s*extern\b/, 'belongs into a header', \%code, grep { /\.c$/ } @files));
report('no unfinished notes', matches(qr/\b(?:TODO|FIXME|XXX|HACK)\b/, 'finish it', \%text, @files));
report('no commented-out code', matches(qr{^\s*//}, 'comments are /* */', \%text, @files));
report('no randomness and no clock of the C library below the command line and the kernels',
	matches(qr/${not_part}(?:s?rand|random|drand48|time|gettimeofday|clock|clock_gettime)\s*\(/,
		'simulate() is a function of scenario and seed', \%code,
		grep { m{^sim/} && !m{^sim/cli/} } @ours));
report('lines fit', map {
	my $file = $_;
	my $line = 0;
	map { $line++; my $t = $_; 1 while $t =~ s/\t/' ' x (8 - $-[0] % 8)/e;
	      utf8::decode($t);
	      length($t) > COLUMNS_MAX ? "$file:$line: @{[length $t]} columns" : () } split /\n/, $text{$file}
} @files);
report('no blanks at line ends', matches(qr/[ \t]+$/, 'blank', \%text, @files));
report('files end with a line end', grep { $text{$_} !~ /[^\n]\n\z/ } @files);

report('files are one noun: ' . FILE_LINES_MAX . ' lines at most',
	map { my $n = () = $text{$_} =~ /\n/g; $n > FILE_LINES_MAX ? "$_: $n lines" : () } @files);

# A small file is a noun of its own now and then; many of them are nouns that were cut in pieces.
my @crumbs = grep { my $n = () = $text{$_} =~ /\n/g; $n < CRUMB_LINES } @files;
report('at most ' . CRUMBS_PERCENT_MAX . ' % of the files have fewer than ' . CRUMB_LINES . ' lines',
	100 * @crumbs > CRUMBS_PERCENT_MAX * @files ? (scalar(@crumbs) . ' of ' . @files . ' files', @crumbs) : ());

my $bare_verb = qr/^static [^=;(]*\b(?:run|fill|find|add|get|set|do|handle|process)(?=\()/;
report('static functions say what they do it to',
	matches($bare_verb, 'name what it is done to', \%code, @ours));
report('the length of an array is ARRAY_LEN',
	matches(qr{\bsizeof\s*\(?(\w+)\)?\s*/\s*sizeof\s*\(*\*?\g{-1}\b}, 'use ARRAY_LEN', \%code, grep { !m{/base/check\.h$} } @files));

# Where a formatter has broken lines that it may not join, pieces of a word or two are left between whole lines.
my @broken;
for my $file (@ours) {
	my ($line, $run) = (0, 0);
	for (split /\n/, $text{$file}) {
		$line++;
		my ($piece) = /^\t+ *"((?:[^"\\]|\\.)*)"$/;
		push @broken, "$file:$line: \"$piece\" stands alone"
			if defined $piece && $run && length $piece < PIECE_COLUMNS_MIN && $piece =~ / $/;
		$run = defined $piece || /"$/;
	}
}
report('texts fill their lines', @broken);

# A row that is missing from a table by place leaves a NULL at its end, or shifts all others.
report('tables of texts by an enumeration name their rows', map {
	my $file = $_;
	my @found;
	while ($text{$file} =~ /^((?:static )?const char \*const (\w+)\[[A-Z]\w*(?: \+ 1)?\]) = \{\s*+(?!\[)/mg) {
		push @found, "$file: $2";
	}
	@found;
} @ours);

my @long;
for my $file (@files) {
	my ($line, $start, $name) = (0, 0, '');
	for (split /\n/, $code{$file}) {
		$line++;
		$name = $1 if /^[a-zA-Z].*?(\w+)\s*\(/;
		$start = $line if /^\{/;
		push @long, "$file:$start: $name has @{[$line - $start - 1]} lines"
			if /^\}/ && $start && $line - $start - 1 > FUNCTION_LINES_MAX;
		$start = 0 if /^\}/;
	}
}
report('functions have at most ' . FUNCTION_LINES_MAX . ' lines', @long);

my %by_name;
push @{$by_name{(m{([^/]+)$})[0]}}, $_ for @files;
report('file names are unique', map { @{$by_name{$_}} > 1 ? "@{$by_name{$_}}" : () } sort keys %by_name);

report('headers are guarded by their name', map {
	my ($stem) = m{([^/]+)\.h$};
	(my $guard = "LAMINA_\U$stem\E_H") =~ s/\W/_/g;
	$text{$_} =~ m{^#ifndef $guard\n#define $guard(?: /\*.*\*/)?\n}m ? () : "$_: $guard is missing"
} grep { /\.h$/ } @files);

# A .c file whose header says what it is about may begin at once.
report('files open with a comment', grep {
	(my $header = $_) =~ s/\.c$/.h/;
	$text{$_} !~ m{\A/\*} && !(/\.c$/ && $text{$header})
} @ours);
done_testing;
