// DO NOT EDIT. Made from codegen/runtime/java/src/main/java/quadrille/serde/UnknownSchemaException.java by `make generate`.
package quadrille.serde;

/** The registry lacks what was asked for. */
public final class UnknownSchemaException extends Exception {
  private static final long serialVersionUID = 1L;

  public UnknownSchemaException(String what) {
    super("the registry lacks " + what);
  }
}
