#!/usr/bin/perl
# Every header compiles alone: whoever includes it needs to know nothing about what it needs.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Sources qw(c_files);

chdir "$FindBin::Bin/../.." or die;
chomp(my $compile = `make -s print-compile`);
for my $header (grep { /\.h$/ } c_files('sim', 'kernels', 'tests')) {
	my $out = `echo '#include "$header"' | $compile -Wno-unused -fsyntax-only -x c - 2>&1`;
	ok($? == 0, $header) or diag($out);
}
done_testing;
