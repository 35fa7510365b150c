#!/usr/bin/perl
# sim/LAYERS: a layer includes only headers of itself and of the layers its row names, and rows name only rows above.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Sources qw(c_files slurp report);

chdir "$FindBin::Bin/../.." or die;

my (%allowed, @order, @misordered);
for (split /\n/, slurp('sim/LAYERS')) {
	next if /^\s*(#|$)/;
	my ($layer, $list) = /^(\w+):\s*(.*?)\s*$/ or BAIL_OUT("sim/LAYERS: cannot read '$_'");
	my @names = split ' ', $list;
	push @misordered, map { "$layer names $_, which stands below it or nowhere" } grep { !$allowed{$_} } @names;
	$allowed{$layer} = { map { $_ => 1 } $layer, @names };
	push @order, $layer;
}
report('rows name only layers above them', @misordered);

sub layer_of { my ($path) = @_; return $path =~ m{^kernels/} ? 'kernels' : $path =~ m{^(?:sim/)?(\w+)/} ? $1 : undef }

my %findings;
for my $file (c_files('sim', 'kernels')) {
	my $layer = layer_of($file);
	$findings{$layer} //= [];
	push @{$findings{$layer}}, "$file: its folder has no row in sim/LAYERS" unless $allowed{$layer};
	my $line = 0;
	for (split /\n/, slurp($file)) {
		$line++;
		my ($header) = /^\s*#\s*include\s+"([^"]+)"/ or next;
		my $other = layer_of($header) or next;    # generated headers have no folder
		push @{$findings{$layer}}, "$file:$line: $layer may not include $header"
			unless $allowed{$layer} && $allowed{$layer}{$other};
	}
}
report("$_ includes what its row allows", @{$findings{$_}}) for grep { $findings{$_} } @order;
report("$_ has a row", @{$findings{$_}}) for grep { !$allowed{$_} } sort keys %findings;
done_testing;
