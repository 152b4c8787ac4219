package quadrille.serde;

/** Bytes that are no event of the type that they should be. The same bytes fail again. */
public final class DecodeException extends Exception {
  private static final long serialVersionUID = 1L;

  public DecodeException(String message, Throwable cause) {
    super(message, cause);
  }
}
