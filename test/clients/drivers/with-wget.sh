# with-wget.sh upload|resume URL FILE [NAME:VALUE...]
action=$1 url=$2 file=$3
shift 3
for value; do
  set -- "$@" --header="$value"
  shift
done
[ "$action" = upload ] || set -- "$@" --header="Content-Range: bytes 5-9/10"
wget --no-verbose --server-response --content-on-error --output-document=- --method=PUT --body-file="$file" "$@" "$url" 2>&1 |
  awk '
    $1 ~ /^HTTP\// { status = $2; stored = "" }
    tolower($1) == "x-presign-once-already-stored:" { stored = $2 }
    { print }
    END { if (status) print "answer", status, stored }
  '
