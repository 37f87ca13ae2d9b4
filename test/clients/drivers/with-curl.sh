# with-curl.sh upload|form|resume URL FILE [NAME:VALUE...]
# with-curl.sh ask URL [NAME=VALUE...]
action=$1 url=$2
shift 2
if [ "$action" != ask ]; then
  file=$1
  shift
fi
option=-H
[ "$action" != ask ] || option=--data-urlencode
for value; do
  set -- "$@" "$option" "$value"
  shift
done
put() { curl --silent --show-error --write-out '\nanswer %{http_code} %header{x-presign-once-already-stored}\n' "$@"; }
case $action in
  upload) put --upload-file "$file" "$@" "$url" ;;
  form) put --request PUT --form "file=@$file" "$@" "$url" ;;
  resume) put --continue-at 5 --upload-file "$file" "$@" "$url" ;;
  ask) put --get --header 'Accept: application/json' "$@" "$url" ;;
esac 2>&1
