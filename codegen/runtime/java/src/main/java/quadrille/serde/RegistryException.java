package quadrille.serde;

/** The registry did not answer, or not as it should. Asking again later may help. */
public final class RegistryException extends Exception {
  private static final long serialVersionUID = 1L;

  public RegistryException(String message, Throwable cause) {
    super(message, cause);
  }
}
