import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** upload|resume URL FILE [NAME:VALUE...], or ask URL [NAME=VALUE...] */
class WithHttpClient {
  public static void main(String[] args) throws Exception {
    try {
      var request = args[0].equals("ask") ? ask(args) : upload(args);
      var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      var stored = response.headers().firstValue("x-presign-once-already-stored").orElse("");
      System.out.println(response.body());
      System.out.println("answer " + response.statusCode() + " " + stored);
    } catch (Exception error) {
      System.out.println("error " + error);
    }
  }

  static HttpRequest upload(String[] args) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(args[1]));
    request.PUT(HttpRequest.BodyPublishers.ofFile(Path.of(args[2])));
    for (int i = 3; i < args.length; i++) {
      var field = args[i].split(":", 2);
      request.header(field[0], field[1]);
    }
    if (args[0].equals("resume")) request.header("Content-Range", "bytes 5-9/10");
    return request.build();
  }

  static HttpRequest ask(String[] args) {
    var query = new StringBuilder();
    for (int i = 2; i < args.length; i++) {
      var pair = args[i].split("=", 2);
      query.append(i == 2 ? "?" : "&").append(pair[0]).append("=");
      query.append(URLEncoder.encode(pair[1], StandardCharsets.UTF_8));
    }
    return HttpRequest.newBuilder(URI.create(args[1] + query)).header("Accept", "application/json").build();
  }
}
