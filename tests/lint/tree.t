#!/usr/bin/perl
# Rules for every tracked text file: no path of one machine, scripts that parse, Makefile targets that are explained.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Sources qw(slurp report);

chdir "$FindBin::Bin/../.." or die;
my @files = split /\n/, `git ls-files 2>/dev/null || true`;
@files = split /\n/, `find . -type f ! -path './build/*' -printf '%P\n'` unless @files;
@files = grep { -f $_ && -T $_ } @files;

report('no path of one machine', map {
	my $file = $_;
	my $line = 0;
	map { $line++; m{(?<![\w.])/(?:work|farm|home|root)/} ? "$file:$line" : () } split /\n/, slurp($file)
} grep { $_ ne 'tests/lint/tree.t' } @files);

report('no carriage returns', grep { slurp($_) =~ /\r/ && !m{/(?:corpus|fixtures)/} } @files);

my @scripts = grep { slurp($_) =~ /\A#!.*\b(?:ba)?sh\b/ } @files;
report("$_ parses", map { my $out = `bash -n $_ 2>&1`; $out ? $out : () } $_) for @scripts;
report('scripts can be run', grep { !-x $_ } @scripts);

# Documents name files that are there; NAME and GROUP stand for any.
report('documents name files that exist', map {
	my $document = $_;
	my $text = slurp($document);
	my @named = $text =~ /`((?:sim|kernels|configs|profiles|plots|tests|contrib)\/[\w.\/-]+)`/g;
	map { -e $_ || /NAME|GROUP/ ? () : "$document: $_" } @named
} grep { /\.md$/ } @files);

# A target that people type is in `make help`.
my $makefile = slurp('Makefile');
my ($phony) = join ' ', $makefile =~ /^\.PHONY: (.*)$/mg;
report('make help explains every target', grep { $makefile !~ /^\Q$_\E:.*##/m && $_ ne 'FORCE' } split ' ', $phony);
done_testing;
