# Cards that become booths.
# shellcheck shell=bash
# `disk`, `image` and `answer` are read in support.sh, `here`, `folder` and `dir` are set by run.sh.
# shellcheck disable=SC2034,SC2154

# P1
two_cards_become_two_booths_at_once() {
  local first second card
  old_disk first && first=$disk
  disk second && second=$disk
  secret booths $'\xef\xbb\xbfname,token\r\n# the hall upstairs\r\n"窓 ""い"" \\, 1",token-of-the-first-booth\r\nA-02,token-of-the-second-booth\r\nA-03,token-of-the-third-booth\r'
  secret wifi $'ssid = 会場\npassphrase = back\\slash and more\nhidden = true'
  secret pin $'013579\r'
  secret 'Plain Net.psk' $'[Security]\nPassphrase=something else'
  printf '%s %s\n' "${first##*/}" "${second##*/}" >"$dir/answer"
  answer=$dir/answer flash --target "$first" --target "$second" --booths "$dir/booths" --locale ko --timezone Asia/Seoul \
    --wifi-file "$dir/wifi" --wifi-file "$dir/Plain Net.psk" --pin-file "$dir/pin" --keyring "$folder/image/keyring.pem"
  expect 0 "written: A-02" "signed, and by the keyring" "NOT removable"
  for card in "$first" "$second"; do
    sgdisk -v "$card" | grep -q 'No problems found'
    mtype -i "$card@@1M" ::start.txt | cmp - "$folder/image/start.txt"
    e2fsck -fn "$card?offset=$((5 * MIB))"
    debugfs -R 'cat program' "$card?offset=$((5 * MIB))" 2>/dev/null | cmp - "$folder/image/root/program"
    [ "$(partx -rgo END,NAME "$card" | awk '$2 == "data" { print $1 }')" -gt $((63 * 2048)) ]
    e2fsck -fn "$card?offset=$((21 * MIB))"
    [ "$(dumpe2fs -h "$card?offset=$((21 * MIB))" 2>/dev/null | awk '/^Block (count|size)/ { n = n ? n * $3 : $3 } END { print n }')" -gt $((42 * MIB)) ]
    [ "$(data "$card" 'cat iwd/=e4bc9ae5a0b4.psk')" = $'[Security]\nPassphrase=back\\\\slash and more\n[Settings]\nHidden=true' ]
    [ "$(data "$card" 'cat "iwd/Plain Net.psk"')" = $'[Security]\nPassphrase=something else' ]
    [ "$(setting "$card" service) $(setting "$card" locale) $(setting "$card" timezone) $(setting "$card" staff_pin)" = 'https://fair.example ko Asia/Seoul 013579' ]
    [ "$(mode "$card" engawa/identity/enrol-token) $(mode "$card" engawa/booth.toml) $(mode "$card" iwd)" = '0600 0644 0700' ]
    # The booth's own, and nobody else's: it makes its key there and erases the token.
    [ "$(mode "$card" engawa/identity) $(owner "$card" engawa/identity) $(owner "$card" engawa/identity/enrol-token)" = '0700 810:810 810:810' ]
    [ "$(setting "$card" identity)" = /data/engawa/identity ]
    left_nothing "$card"
  done
  [ "$(setting "$first" name)|$(setting "$second" name)" = '窓 "い" \, 1|A-02' ]
  [ "$(data "$first" 'cat engawa/identity/enrol-token') $(data "$second" 'cat engawa/identity/enrol-token')" = 'token-of-the-first-booth token-of-the-second-booth' ]
  # The next card goes on with the third booth; after it there is none.
  disk third
  flash --target "$disk" --booths "$dir/booths" --yes
  expect 0 "written: A-03"
  flash --target "$disk" --booths "$dir/booths" --yes
  expect 2 "0 unused of 3 booths"
}

an_older_booths_data_is_not_the_new_booths_journal() {
  old_disk card
  one --target "$disk" --yes
  expect 0
  data "$disk" "dump <8> $dir/journal"
  [ "$(head -c 4 "$dir/journal" | od -An -tx1)" = ' c0 3b 39 98' ]
  ! grep -q 'an older booth' "$dir/journal"
}

a_fairs_own_certificate_goes_onto_the_card_and_nothing_else_does() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=fair -days 2 \
    -keyout "$dir/ca.key" -out "$dir/ca.pem" 2>"$dir/openssl"
  cat "$dir/ca.pem" "$dir/ca.key" >"$dir/both.pem"
  echo none >"$dir/none.pem"
  disk card
  one --target "$disk" --ca-file "$dir/both.pem" --yes
  expect 2 "holds a private key"
  one --target "$disk" --ca-file "$dir/none.pem" --yes
  expect 2 "no certificate in PEM"
  one --target "$disk" --ca-file "$dir/ca.pem" --yes
  expect 0
  [ "$(setting "$disk" ca_file)" = /data/engawa/ca.pem ]
  data "$disk" 'cat engawa/ca.pem' | cmp - "$dir/ca.pem"
}

a_file_stands_for_a_disk() {
  truncate -s 64M "$dir/card.img"
  one --target "$dir/card.img" --yes
  expect 0 "written: A-01"
  [ "$(setting "$dir/card.img" name)" = A-01 ]
  left_nothing "$dir/card.img"
}

without_bmaptool_zstd_and_dd_do_it() {
  local PATH=$PATH
  mkdir "$dir/tools"
  find /usr/bin/ -mindepth 1 -maxdepth 1 -exec ln -s -t "$dir/tools" {} +
  rm "$dir/tools/bmaptool"
  PATH=$dir/tools:/usr/sbin
  old_disk card
  one --target "$disk" --yes
  expect 0 "bmaptool is missing"
  cmp -i 1M -n 20M "$image" "$disk"
}

a_dry_run_touches_nothing() {
  disk card
  one --target "$disk" --dry-run
  refused 0 "dry run: nothing was touched" "A-01 → $disk"
  [ ! -e "$dir/flash.log" ]
}

secrets_stay_out_of_arguments_environments_and_logs() {
  local each
  for each in blkdiscard bmaptool blockdev cp cut dd e2fsck grep iconv losetup mount openssl qrencode sha256sum sync tune2fs wc; do
    in_place_of "$each" <<'END'
{ tr '\0' '\n' <"/proc/$$/cmdline"; env; } >>"$dir/seen"
exec "$real" "$@"
END
  done
  disk card
  secret wifi $'ssid = hall\npassphrase = secret-of-the-wifi'
  one --target "$disk" --wifi-file "$dir/wifi" --yes
  expect 0
  [ "$(data "$disk" 'cat engawa/identity/enrol-token')" = one-time-token-of-a-01 ]
  PATH=${PATH#"$dir/bin:"}
  ! grep -e one-time-token -e secret-of "$dir/seen" "$dir/said" "$dir/flash.log" "$dir/token.used"
}
