# --- environments: what programs inherit, and how a shell is told variables -------------------------------------------------
# Takes every variable out of what programs inherit, but those whose names fit a pattern.
clear_exported_except() {
  local name pattern
  for name in $(compgen -e); do
    for pattern in "$@"; do [[ $name == $pattern ]] && continue 2; done
    export -n "$name" 2>/dev/null
  done
  # Functions are exported under names that are none.
  for name in $(compgen -A function); do export -nf "$name" 2>/dev/null; done
}

# A quote is quoted by the other kind: Apptainer's interpreter keeps a backslash that stands in an assignment.
assign() {
  local quote="'\"'\"'"
  printf "export %s='%s'\n" "$1" "${2//\'/$quote}"
}
