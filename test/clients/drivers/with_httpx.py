import httpx


def upload(url, path, headers):
    with open(path, "rb") as file:
        return _seen(httpx.put(url, content=file, headers=headers))


def form(url, path):
    with open(path, "rb") as file:
        return _seen(httpx.put(url, files={"file": file}))


def ask(url, parameters, headers):
    return _seen(httpx.get(url, params=parameters, headers=headers))


def _seen(response):
    return response.status_code, response.headers, response.text
