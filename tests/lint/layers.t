#!/usr/bin/perl
# sim/LAYERS: a layer includes only headers, and links only symbols, of itself and of the layers its row names; rows
# name only rows above, and no layer that is not used. A header's guard says "private to FOLDER" where, and only where,
# it is included in that folder only (and by tests); what it declares reaches others through other headers of its folder. Files of a layer call each other in no circle, unless they are one noun.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Sources qw(c_files slurp report);

chdir "$FindBin::Bin/../.." or die;
my $build = $ENV{LAMINA_BUILD} // 'build/release-gcc';

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

# The simulator and the kernels meet in what is common only.
my %common = map { m{([^/]+)/$} ? ($1 => 1) : () } glob 'sim/common/*/';
report('sim/common/ and kernels/ use nothing outside sim/common/', map {
	my $layer = $_;
	map { $_ eq $layer || $common{$_} ? () : "$layer names $_" } sort keys %{$allowed{$layer}}
} 'kernels', sort keys %common);

# sim/report/report_csv.c is of "report", sim/cli/cmd_help.c, a row of commands.c, of "commands".
sub noun_of { my ($path) = @_; my ($word) = $path =~ m{([a-z0-9]+)[^/]*$}; return $word eq 'cmd' ? 'commands' : $word }

sub layer_of { my ($path) = @_; return $path =~ m{^kernels/} ? 'kernels' : $path =~ m{^(?:sim/)?(?:common/)?(\w+)/} ? $1 : undef }

my (%findings, %used, %private, @misplaced, @trespasses, @includes);
for my $file (c_files('sim', 'kernels')) {
	my $layer = layer_of($file);
	$findings{$layer} //= [];
	push @{$findings{$layer}}, "$file: its folder has no row in sim/LAYERS" unless $allowed{$layer};
	my $line = 0;
	for (split /\n/, slurp($file)) {
		$line++;
		if (my ($folder) = m{^#define LAMINA_\w+_H /\* private to (\S+) \*/$}) {
			(my $header = $file) =~ s{^sim/(?:common/)?}{};
			$private{$header} = $folder;
			push @misplaced, "$file:$line: it is not in $folder" unless $header =~ m{^\Q$folder\E/[^/]+$};
		}
		my ($header) = /^\s*#\s*include\s+"([^"]+)"/ or next;
		my $other = layer_of($header) or next;    # generated headers have no folder
		$used{$layer}{$other} = 1;
		push @includes, ["$file:$line", $file, $header];
		push @{$findings{$layer}}, "$file:$line: $layer may not include $header"
			unless $allowed{$layer} && $allowed{$layer}{$other};
	}
}
report("$_ includes what its row allows", @{$findings{$_}}) for grep { $findings{$_} } @order;
report("$_ has a row", @{$findings{$_}}) for grep { !$allowed{$_} } sort keys %findings;

for (@includes) {
	my ($place, $file, $header) = @$_;
	my $folder = $private{$header} or next;
	push @trespasses, "$place: $header is private to $folder" unless $file =~ m{^(?:sim/(?:common/)?)?\Q$folder\E/[^/]+$};
}
report('a private header stands in the folder that it names', @misplaced);
report('private headers are included in their folder only', @trespasses);

my %is_included_elsewhere;
for (@includes) {
	my ($place, $file, $header) = @$_;
	$is_included_elsewhere{$header} = 1 if layer_of($file) ne (layer_of($header) // '');
}
report('headers that no other folder includes say so in their guard', grep { !$private{$_} && !$is_included_elsewhere{$_} }
	map { s{^sim/(?:common/)?}{}r } grep { m{^sim/.*\.h$} } c_files('sim'));

# What the linker sees: an include can be spared by declaring a function again, or come by way of another header.
my (%defined_in, @wanted);
for my $file (grep { /\.c$/ } c_files('sim', 'kernels')) {
	(my $object = "$build/$file") =~ s/\.c$/.o/;
	next unless -e $object;
	for (split /\n/, `nm -g $object`) {
		my ($kind, $symbol) = /([A-Za-z]) (\S+)$/ or next;
		push @wanted, [$file, $symbol] if $kind eq 'U';
		$defined_in{$symbol} = $file if $kind =~ /^[TDRBCGS]$/;
	}
}
SKIP: {
	skip "no objects in $build", 3 unless @wanted;
	my @strangers;
	for (@wanted) {
		my ($file, $symbol) = @$_;
		my $from = $defined_in{$symbol} or next;
		my ($layer, $other) = (layer_of($file), layer_of($from));
		$used{$layer}{$other} = 1;
		push @strangers, "$file: $layer may not use $symbol of $from" unless $allowed{$layer}{$other};
	}
	report('layers link what their rows allow', @strangers);
	my @idle;
	for my $layer (@order) {
		push @idle, map { "$layer names $_ and uses nothing of it" }
			grep { !$used{$layer}{$_} && $_ ne $layer } sort keys %{$allowed{$layer}};
	}
	report('rows name only what is used', @idle);

	# Within a layer, files that call each other in a circle are one noun, which the first word of their names says.
	my %calls;
	for (@wanted) {
		my ($file, $from) = ($_->[0], $defined_in{$_->[1]});
		$calls{$file}{$from} = 1 if $from && $from ne $file && layer_of($from) eq layer_of($file);
	}
	my %reached;    # by one call or more
	for my $file (keys %calls) {
		my @next = keys %{$calls{$file}};
		while (defined(my $other = pop @next)) {
			push @next, keys %{$calls{$other}} unless $reached{$file}{$other}++;
		}
	}
	my @circles;
	for my $file (sort keys %reached) {
		my @circle = grep { $reached{$file}{$_} && $reached{$_}{$file} } sort keys %reached;
		my %nouns = map { noun_of($_) => 1 } @circle;
		push @circles, "these call each other: @circle" if keys %nouns > 1 && $circle[0] eq $file;
	}
	report('files that call each other are one noun', @circles);
}
done_testing;
