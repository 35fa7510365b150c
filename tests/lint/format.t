#!/usr/bin/perl
# clang-format changes nothing. Versions differ in taste, so only version 14 is asked.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Sources qw(c_files);

chdir "$FindBin::Bin/../.." or die;
plan skip_all => 'clang-format-14 is not installed' if system('command -v clang-format-14 >/dev/null') != 0;
for my $file (c_files('sim', 'kernels', 'tests')) {
	my $diff = `clang-format-14 $file | diff -u $file - | head -30`;
	ok($diff eq '', $file) or diag($diff, "make format mends this");
}
done_testing;
