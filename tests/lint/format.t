#!/usr/bin/perl
# clang-format changes nothing. Versions differ in taste, so only version 14 is asked; one process for all files, as it
# takes longer to start than to format.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Sources qw(c_files);

chdir "$FindBin::Bin/../.." or die;
plan skip_all => 'clang-format-14 is not installed' if system('command -v clang-format-14 >/dev/null') != 0;
my @files = c_files('sim', 'kernels', 'tests');
my $out = `clang-format-14 --dry-run -Werror @files 2>&1`;
my %bad = map { $_ => 1 } $out =~ /^(\S+?):\d+:\d+: error:/mg;
ok($? == 0 && !%bad, 'every file is as clang-format leaves it; make format mends those that are not')
	or diag(join "\n", sort keys %bad);
done_testing;
