# shellcheck shell=bash
# A terminal for a test, which is tmux's. Source it after kit.sh.

terminal() {
	tmux -S "$work/tmux" -f /dev/null "$@"
}

# terminal_begin COLUMNS ROWS FOLDER COMMAND...: runs the command in the terminal; its process number is in $terminal_pid.
terminal_begin() {
	local command
	mkfifo "$work/output"
	exec {output}<>"$work/output"
	printf -v command ' %q' "${@:4}"
	terminal new-session -d -x "$1" -y "$2" -c "$3" "$command; tmux wait-for -S end"
	started+=("$(terminal display-message -p '#{pid}')")
	# shellcheck disable=SC2034
	terminal_pid=$(terminal display-message -p '#{pane_pid}')
	terminal pipe-pane "exec cat >'$work/output'"
}

# What the terminal shows goes to $work/screen, and the line that the cursor is in, as far as that, to $line.
screen_take() {
	local x y
	terminal capture-pane -p \; display-message -p '#{cursor_x} #{cursor_y}' >"$work/screen"
	read -r x y < <(tail -n 1 "$work/screen")
	sed -i '$d' "$work/screen"
	printf -v line '%-*s' "$x" "$(sed -n "$((y + 1))p" "$work/screen")"
}

# await PREDICATE...: looks at the screen each time that something is written to it.
await() {
	until screen_take && "$@"; do
		IFS= read -r -N 1 -t 10 -u "$output" || { cat "$work/screen"; fail "in vain: $*"; }
		while read -t 0 -u "$output"; do IFS= read -r -N 1 -u "$output"; done
	done
}

line_is() {
	[ "$line" = "$1" ]
}

# shows PATTERN: a line of the screen is like that extended regular expression.
shows() {
	grep -qE -e "$1" "$work/screen"
}

shows_no() {
	! shows "$1"
}
