import requests


def upload(url, path, headers):
    with open(path, "rb") as file:
        return _seen(requests.put(url, data=file, headers=headers))


def form(url, path):
    with open(path, "rb") as file:
        return _seen(requests.put(url, files={"file": file}))


def ask(url, parameters, headers):
    return _seen(requests.get(url, params=parameters, headers=headers))


def _seen(response):
    return response.status_code, response.headers, response.text
