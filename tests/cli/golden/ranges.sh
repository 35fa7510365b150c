# What every key of every file may be: its type, range, most elements and default, a line each ("!": it must be there).
# Files that were written by this list must stay readable, so no range gets narrower unseen.
for kind in experiment platform profile framework model; do
	echo "# $kind"
	lamina schema "$kind" | perl -MJSON::PP -e '
		my $json = JSON::PP->new->canonical->allow_nonref;
		my ($one, $each) = (undef, undef);
		$one = sub {
			my ($path, $of, $must) = @_;
			my $say = $of->{anyOf} ? $of->{anyOf}[0] : $of;
			my $type = $say->{enum} ? join "|", @{$say->{enum}} : ref $say->{type} ? "text" : $say->{type} // "any";
			$type .= sprintf " %s to %s", $say->{minimum} // "", $say->{maximum} // "" if exists $say->{minimum} || exists $say->{maximum};
			$type .= " of at most " . ($say->{maxItems} // $say->{maxProperties}) if $say->{maxItems} // $say->{maxProperties};
			$type .= ", or " . $of->{anyOf}[1]{const} if $of->{anyOf};
			$type .= " = " . $json->encode($of->{default}) if exists $of->{default};
			print $must ? "!" : "", "$path: $type\n" if length $path;
			$each->("$path.", $say);
			$one->("$path\[]", $say->{items}) if $say->{items};
			$one->("$path.*", $say->{additionalProperties}) if ref $say->{additionalProperties} eq "HASH";
		};
		$each = sub {
			my ($path, $of) = @_;
			my %must = map { $_ => 1 } @{$of->{required} // $of->{then}{required} // []};
			$one->($path . $_, $of->{properties}{$_}, $must{$_}) for sort keys %{$of->{properties} // {}};
		};
		local $/;
		my $schema = $json->decode(scalar <STDIN>);
		$each->("", $schema);
	'
done
