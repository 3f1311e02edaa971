# What goes wrong after writing began: whatever happens, the card does not start.
# shellcheck shell=bash
# `disk`, `image` and `answer` are read in support.sh, `here`, `folder` and `dir` are set by run.sh.
# shellcheck disable=SC2034,SC2154

an_image_whose_map_leaves_out_zeros_that_matter_is_found_on_a_used_card() {
  another_image
  cp --sparse=always "$folder/image/booth.img" "$dir"
  fallocate -d "$dir/booth.img"
  bmaptool -q create -o "$dir/booth.img.bmap" "$dir/booth.img"
  sums
  old_disk used
  one --target "$disk" --yes
  expect 7 "failed while checking root-a: it is not sound"
}

what_was_not_written_well_is_found_by_reading_back() {
  local before
  in_place_of bmaptool <<'END'
"$real" "$@"
printf x | dd of="${!#}" bs=1 seek=$((6 << 20)) conv=notrunc status=none
END
  disk card
  one --target "$disk" --yes
  expect 7 "failed while verifying" "are not what was written" "It was made unbootable; the token was not used"
  unbootable "$disk"
  left_nothing "$disk"
  [ ! -s "$dir/token.used" ]
}

a_cut_image_with_good_checksums_makes_no_card() {
  another_image
  truncate -s -9K "$dir/booth.img.zst"
  sums
  one --target "$disk" --yes
  expect 7 "failed while writing" "It was made unbootable"
  unbootable "$disk"
}

one_bad_card_does_not_spoil_the_others() {
  local bad
  mkdir "$dir/small"
  mount -t tmpfs -o size=6M tmpfs "$dir/small"
  disk small/bad && bad=$disk
  disk good
  secret booths $'A-01,one-time-token-of-a-01\nA-02,one-time-token-of-a-02'
  flash --target "$bad" --target "$disk" --booths "$dir/booths" --yes
  expect 7 "failed: A-01" "written: A-02" "It was made unbootable"
  unbootable "$bad"
  [ "$(setting "$disk" name)" = A-02 ]
  [ "$(cut -d ' ' -f 3 "$dir/booths.used")" = A-02 ]
}

a_card_that_cannot_be_reached_any_more_was_never_bootable() {
  in_place_of bmaptool <<'END'
blockdev --setro "${!#}"
"$real" "$@"
END
  disk card
  one --target "$disk" --yes
  blockdev --setrw "$disk"
  expect 7 "It cannot be reached any more, and was not bootable yet"
  unbootable "$disk"
}

# stopped TOOL SIGNAL CODE: while TOOL is at work.
stopped() {
  local flashing PATH=$PATH
  rm -rf "${dir:?}/bin"
  in_place_of "$1" <<'END'
"$real" "$@"
: >"$dir/reached"
exec tail -f /dev/null
END
  # A card that starts, as it was before.
  cp --sparse=always "$image" "$dir/$1-$2"
  truncate -s 64M "$dir/$1-$2"
  disk "$1-$2"
  secret token one-time-token-of-a-01
  # What ran this may ignore some of them, as nohup does, and bash cannot catch those then.
  (cd "$dir" && exec env --default-signal=INT,HUP,TERM setsid "$here/../../flash.sh" --image "$image.zst" --service https://fair.example --name A-01 \
    --token-file token --target "$disk" --yes) >"$dir/said" 2>&1 &
  flashing=$!
  printf '%s' "$flashing" >"$dir/group" # a session of its own, ended by `clean` when this test fails
  until_there "$dir/reached" "$flashing"
  rm "$dir/reached"
  if [ "$2" = KILL ]; then kill -KILL -- -"$flashing"; else kill -"$2" "$flashing"; fi
  code=0
  wait "$flashing" || code=$?
  expect "$3"
  [ "$2" = KILL ] || expect "$3" "stopped while" "It was made unbootable"
  left_nothing "$disk"
  rm "$dir/group"
  unbootable "$disk"
  [ ! -s "$dir/token.used" ]
  # Nobody can be made to clean up after SIGKILL.
  [ "$2" = KILL ] || ! grep -qa one-time-token-of-a-01 "$disk"
}

stopped_while_writing_it_leaves_a_card_that_does_not_start() {
  stopped bmaptool TERM 143
  stopped bmaptool HUP 129
  stopped bmaptool INT 130
}

stopped_while_personalising_it_leaves_a_card_that_does_not_start() {
  stopped resize2fs TERM 143
  stopped sync TERM 143
}

killed_in_the_middle_it_leaves_a_card_that_does_not_start() {
  stopped bmaptool KILL 137
  stopped resize2fs KILL 137
  stopped sync KILL 137
}
