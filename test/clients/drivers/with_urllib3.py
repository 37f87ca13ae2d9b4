import urllib3


def upload(url, path, headers):
    with open(path, "rb") as file:
        return _seen(urllib3.request("PUT", url, body=file.read(), headers=headers))


def form(url, path):
    with open(path, "rb") as file:
        return _seen(urllib3.request("PUT", url, fields={"file": ("file.txt", file.read())}))


def ask(url, parameters, headers):
    return _seen(urllib3.request("GET", url, fields=parameters, headers=headers))


def _seen(response):
    return response.status, response.headers, response.data.decode()
