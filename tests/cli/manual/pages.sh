# Every command has a page that mandoc reads without an error, and the page names every option of --help.
"$ROOT/contrib/build/man.sh" "$(command -v lamina)" man
find man -type f -exec mandoc -T lint -W error {} +
lamina help --names | while read -r name; do
	read -ra words <<<"$name"
	page=man/man1/${name// /-}.1
	mandoc -T ascii "$page" | sed 's#.\x08##g' >text
	lamina help "${words[@]:1}" | sed '/^examples:/,$d' | grep -oE '^ +(-., )?--[a-z-]+' | grep -oE -e '--[a-z-]+' |
		while read -r option; do
			grep -qF -e "$option" text || echo "$page lacks $option"
		done
done
