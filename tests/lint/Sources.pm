# What the lint tests share: the tracked C files and a view of them without comments and string contents.
package Sources;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = qw(c_files slurp code_only report);

# .c and .h files below the folders; what git ignores is not looked at.
sub c_files {
	my @folders = grep { -d $_ } @_;
	return () unless @folders;
	my @files = split /\n/, `find @folders -name '*.[ch]' | LC_ALL=C sort`;
	return @files;
}

sub slurp {
	my ($path) = @_;
	open my $in, '<', $path or die "$path: $!";
	local $/;
	return scalar <$in>;
}

# Comments and the insides of literals become blanks; lines keep their numbers.
sub code_only {
	my ($text) = @_;
	$text =~ s{(/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')}
		  {my $hit = $1; my $quote = $hit =~ /^["']/ ? substr($hit, 0, 1) : '';
		   (my $blank = $hit) =~ s/[^\n]/ /g;
		   $quote ? $quote . substr($blank, 2) . $quote : $blank}gse;
	return $text;
}

# One test: passes when there are no findings, else shows them.
sub report {
	my ($name, @findings) = @_;
	Test::More::ok(!@findings, $name) or Test::More::diag(join "\n", @findings);
}

1;
