package quadrille.serde;

/** An event that holds a value which its schema cannot express. */
public final class EncodeException extends Exception {
  private static final long serialVersionUID = 1L;

  public EncodeException(String message, Throwable cause) {
    super(message, cause);
  }
}
