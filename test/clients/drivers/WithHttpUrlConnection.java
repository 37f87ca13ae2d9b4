import java.net.HttpURLConnection;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** upload|resume URL FILE [NAME:VALUE...], or ask URL [NAME=VALUE...] */
class WithHttpUrlConnection {
  public static void main(String[] args) throws Exception {
    try {
      var connection = args[0].equals("ask") ? ask(args) : upload(args);
      var status = connection.getResponseCode();
      var stored = connection.getHeaderField("x-presign-once-already-stored");
      var body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
      System.out.println(body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8));
      System.out.println("answer " + status + " " + (stored == null ? "" : stored));
    } catch (Exception error) {
      System.out.println("error " + error);
    }
  }

  static HttpURLConnection upload(String[] args) throws Exception {
    var connection = (HttpURLConnection) new URL(args[1]).openConnection();
    connection.setRequestMethod("PUT");
    connection.setDoOutput(true);
    for (int i = 3; i < args.length; i++) {
      var field = args[i].split(":", 2);
      connection.setRequestProperty(field[0], field[1]);
    }
    if (args[0].equals("resume")) connection.setRequestProperty("Content-Range", "bytes 5-9/10");
    Files.copy(Path.of(args[2]), connection.getOutputStream());
    return connection;
  }

  static HttpURLConnection ask(String[] args) throws Exception {
    var query = new StringBuilder();
    for (int i = 2; i < args.length; i++) {
      var pair = args[i].split("=", 2);
      query.append(i == 2 ? "?" : "&").append(pair[0]).append("=");
      query.append(URLEncoder.encode(pair[1], StandardCharsets.UTF_8));
    }
    var connection = (HttpURLConnection) new URL(args[1] + query).openConnection();
    connection.setRequestProperty("Accept", "application/json");
    return connection;
  }
}
