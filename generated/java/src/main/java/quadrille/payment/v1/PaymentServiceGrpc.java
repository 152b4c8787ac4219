// DO NOT EDIT. Made from proto/ by `make generate`.
package quadrille.payment.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Customers' accounts and what was charged to them.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class PaymentServiceGrpc {

  private PaymentServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "quadrille.payment.v1.PaymentService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<quadrille.payment.v1.OpenAccountsRequest,
      quadrille.payment.v1.OpenAccountsResponse> getOpenAccountsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "OpenAccounts",
      requestType = quadrille.payment.v1.OpenAccountsRequest.class,
      responseType = quadrille.payment.v1.OpenAccountsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.payment.v1.OpenAccountsRequest,
      quadrille.payment.v1.OpenAccountsResponse> getOpenAccountsMethod() {
    io.grpc.MethodDescriptor<quadrille.payment.v1.OpenAccountsRequest, quadrille.payment.v1.OpenAccountsResponse> getOpenAccountsMethod;
    if ((getOpenAccountsMethod = PaymentServiceGrpc.getOpenAccountsMethod) == null) {
      synchronized (PaymentServiceGrpc.class) {
        if ((getOpenAccountsMethod = PaymentServiceGrpc.getOpenAccountsMethod) == null) {
          PaymentServiceGrpc.getOpenAccountsMethod = getOpenAccountsMethod =
              io.grpc.MethodDescriptor.<quadrille.payment.v1.OpenAccountsRequest, quadrille.payment.v1.OpenAccountsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "OpenAccounts"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.payment.v1.OpenAccountsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.payment.v1.OpenAccountsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentServiceMethodDescriptorSupplier("OpenAccounts"))
              .build();
        }
      }
    }
    return getOpenAccountsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<quadrille.payment.v1.GetAccountRequest,
      quadrille.payment.v1.Account> getGetAccountMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetAccount",
      requestType = quadrille.payment.v1.GetAccountRequest.class,
      responseType = quadrille.payment.v1.Account.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.payment.v1.GetAccountRequest,
      quadrille.payment.v1.Account> getGetAccountMethod() {
    io.grpc.MethodDescriptor<quadrille.payment.v1.GetAccountRequest, quadrille.payment.v1.Account> getGetAccountMethod;
    if ((getGetAccountMethod = PaymentServiceGrpc.getGetAccountMethod) == null) {
      synchronized (PaymentServiceGrpc.class) {
        if ((getGetAccountMethod = PaymentServiceGrpc.getGetAccountMethod) == null) {
          PaymentServiceGrpc.getGetAccountMethod = getGetAccountMethod =
              io.grpc.MethodDescriptor.<quadrille.payment.v1.GetAccountRequest, quadrille.payment.v1.Account>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetAccount"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.payment.v1.GetAccountRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.payment.v1.Account.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentServiceMethodDescriptorSupplier("GetAccount"))
              .build();
        }
      }
    }
    return getGetAccountMethod;
  }

  private static volatile io.grpc.MethodDescriptor<quadrille.payment.v1.ListAccountsRequest,
      quadrille.payment.v1.ListAccountsResponse> getListAccountsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListAccounts",
      requestType = quadrille.payment.v1.ListAccountsRequest.class,
      responseType = quadrille.payment.v1.ListAccountsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.payment.v1.ListAccountsRequest,
      quadrille.payment.v1.ListAccountsResponse> getListAccountsMethod() {
    io.grpc.MethodDescriptor<quadrille.payment.v1.ListAccountsRequest, quadrille.payment.v1.ListAccountsResponse> getListAccountsMethod;
    if ((getListAccountsMethod = PaymentServiceGrpc.getListAccountsMethod) == null) {
      synchronized (PaymentServiceGrpc.class) {
        if ((getListAccountsMethod = PaymentServiceGrpc.getListAccountsMethod) == null) {
          PaymentServiceGrpc.getListAccountsMethod = getListAccountsMethod =
              io.grpc.MethodDescriptor.<quadrille.payment.v1.ListAccountsRequest, quadrille.payment.v1.ListAccountsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListAccounts"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.payment.v1.ListAccountsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.payment.v1.ListAccountsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentServiceMethodDescriptorSupplier("ListAccounts"))
              .build();
        }
      }
    }
    return getListAccountsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<quadrille.payment.v1.DepositRequest,
      quadrille.payment.v1.Account> getDepositMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Deposit",
      requestType = quadrille.payment.v1.DepositRequest.class,
      responseType = quadrille.payment.v1.Account.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.payment.v1.DepositRequest,
      quadrille.payment.v1.Account> getDepositMethod() {
    io.grpc.MethodDescriptor<quadrille.payment.v1.DepositRequest, quadrille.payment.v1.Account> getDepositMethod;
    if ((getDepositMethod = PaymentServiceGrpc.getDepositMethod) == null) {
      synchronized (PaymentServiceGrpc.class) {
        if ((getDepositMethod = PaymentServiceGrpc.getDepositMethod) == null) {
          PaymentServiceGrpc.getDepositMethod = getDepositMethod =
              io.grpc.MethodDescriptor.<quadrille.payment.v1.DepositRequest, quadrille.payment.v1.Account>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Deposit"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.payment.v1.DepositRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.payment.v1.Account.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentServiceMethodDescriptorSupplier("Deposit"))
              .build();
        }
      }
    }
    return getDepositMethod;
  }

  private static volatile io.grpc.MethodDescriptor<quadrille.payment.v1.ListChargesRequest,
      quadrille.payment.v1.ListChargesResponse> getListChargesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListCharges",
      requestType = quadrille.payment.v1.ListChargesRequest.class,
      responseType = quadrille.payment.v1.ListChargesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.payment.v1.ListChargesRequest,
      quadrille.payment.v1.ListChargesResponse> getListChargesMethod() {
    io.grpc.MethodDescriptor<quadrille.payment.v1.ListChargesRequest, quadrille.payment.v1.ListChargesResponse> getListChargesMethod;
    if ((getListChargesMethod = PaymentServiceGrpc.getListChargesMethod) == null) {
      synchronized (PaymentServiceGrpc.class) {
        if ((getListChargesMethod = PaymentServiceGrpc.getListChargesMethod) == null) {
          PaymentServiceGrpc.getListChargesMethod = getListChargesMethod =
              io.grpc.MethodDescriptor.<quadrille.payment.v1.ListChargesRequest, quadrille.payment.v1.ListChargesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListCharges"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.payment.v1.ListChargesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.payment.v1.ListChargesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PaymentServiceMethodDescriptorSupplier("ListCharges"))
              .build();
        }
      }
    }
    return getListChargesMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static PaymentServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PaymentServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PaymentServiceStub>() {
        @java.lang.Override
        public PaymentServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PaymentServiceStub(channel, callOptions);
        }
      };
    return PaymentServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static PaymentServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PaymentServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PaymentServiceBlockingV2Stub>() {
        @java.lang.Override
        public PaymentServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PaymentServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return PaymentServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static PaymentServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PaymentServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PaymentServiceBlockingStub>() {
        @java.lang.Override
        public PaymentServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PaymentServiceBlockingStub(channel, callOptions);
        }
      };
    return PaymentServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static PaymentServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PaymentServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PaymentServiceFutureStub>() {
        @java.lang.Override
        public PaymentServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PaymentServiceFutureStub(channel, callOptions);
        }
      };
    return PaymentServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Customers' accounts and what was charged to them.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Opens accounts, or changes their credit limit. All or none.
     * </pre>
     */
    default void openAccounts(quadrille.payment.v1.OpenAccountsRequest request,
        io.grpc.stub.StreamObserver<quadrille.payment.v1.OpenAccountsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getOpenAccountsMethod(), responseObserver);
    }

    /**
     */
    default void getAccount(quadrille.payment.v1.GetAccountRequest request,
        io.grpc.stub.StreamObserver<quadrille.payment.v1.Account> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetAccountMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists accounts by customer.
     * </pre>
     */
    default void listAccounts(quadrille.payment.v1.ListAccountsRequest request,
        io.grpc.stub.StreamObserver<quadrille.payment.v1.ListAccountsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListAccountsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Adds to the balance of an account. Idempotent by request_id.
     * </pre>
     */
    default void deposit(quadrille.payment.v1.DepositRequest request,
        io.grpc.stub.StreamObserver<quadrille.payment.v1.Account> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDepositMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists charges, newest first.
     * </pre>
     */
    default void listCharges(quadrille.payment.v1.ListChargesRequest request,
        io.grpc.stub.StreamObserver<quadrille.payment.v1.ListChargesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListChargesMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service PaymentService.
   * <pre>
   * Customers' accounts and what was charged to them.
   * </pre>
   */
  public static abstract class PaymentServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return PaymentServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service PaymentService.
   * <pre>
   * Customers' accounts and what was charged to them.
   * </pre>
   */
  public static final class PaymentServiceStub
      extends io.grpc.stub.AbstractAsyncStub<PaymentServiceStub> {
    private PaymentServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PaymentServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PaymentServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens accounts, or changes their credit limit. All or none.
     * </pre>
     */
    public void openAccounts(quadrille.payment.v1.OpenAccountsRequest request,
        io.grpc.stub.StreamObserver<quadrille.payment.v1.OpenAccountsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getOpenAccountsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     */
    public void getAccount(quadrille.payment.v1.GetAccountRequest request,
        io.grpc.stub.StreamObserver<quadrille.payment.v1.Account> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetAccountMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists accounts by customer.
     * </pre>
     */
    public void listAccounts(quadrille.payment.v1.ListAccountsRequest request,
        io.grpc.stub.StreamObserver<quadrille.payment.v1.ListAccountsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListAccountsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Adds to the balance of an account. Idempotent by request_id.
     * </pre>
     */
    public void deposit(quadrille.payment.v1.DepositRequest request,
        io.grpc.stub.StreamObserver<quadrille.payment.v1.Account> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDepositMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists charges, newest first.
     * </pre>
     */
    public void listCharges(quadrille.payment.v1.ListChargesRequest request,
        io.grpc.stub.StreamObserver<quadrille.payment.v1.ListChargesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListChargesMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service PaymentService.
   * <pre>
   * Customers' accounts and what was charged to them.
   * </pre>
   */
  public static final class PaymentServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<PaymentServiceBlockingV2Stub> {
    private PaymentServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PaymentServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PaymentServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens accounts, or changes their credit limit. All or none.
     * </pre>
     */
    public quadrille.payment.v1.OpenAccountsResponse openAccounts(quadrille.payment.v1.OpenAccountsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getOpenAccountsMethod(), getCallOptions(), request);
    }

    /**
     */
    public quadrille.payment.v1.Account getAccount(quadrille.payment.v1.GetAccountRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetAccountMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists accounts by customer.
     * </pre>
     */
    public quadrille.payment.v1.ListAccountsResponse listAccounts(quadrille.payment.v1.ListAccountsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListAccountsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Adds to the balance of an account. Idempotent by request_id.
     * </pre>
     */
    public quadrille.payment.v1.Account deposit(quadrille.payment.v1.DepositRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDepositMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists charges, newest first.
     * </pre>
     */
    public quadrille.payment.v1.ListChargesResponse listCharges(quadrille.payment.v1.ListChargesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListChargesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service PaymentService.
   * <pre>
   * Customers' accounts and what was charged to them.
   * </pre>
   */
  public static final class PaymentServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<PaymentServiceBlockingStub> {
    private PaymentServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PaymentServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PaymentServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens accounts, or changes their credit limit. All or none.
     * </pre>
     */
    public quadrille.payment.v1.OpenAccountsResponse openAccounts(quadrille.payment.v1.OpenAccountsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getOpenAccountsMethod(), getCallOptions(), request);
    }

    /**
     */
    public quadrille.payment.v1.Account getAccount(quadrille.payment.v1.GetAccountRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetAccountMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists accounts by customer.
     * </pre>
     */
    public quadrille.payment.v1.ListAccountsResponse listAccounts(quadrille.payment.v1.ListAccountsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListAccountsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Adds to the balance of an account. Idempotent by request_id.
     * </pre>
     */
    public quadrille.payment.v1.Account deposit(quadrille.payment.v1.DepositRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDepositMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists charges, newest first.
     * </pre>
     */
    public quadrille.payment.v1.ListChargesResponse listCharges(quadrille.payment.v1.ListChargesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListChargesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service PaymentService.
   * <pre>
   * Customers' accounts and what was charged to them.
   * </pre>
   */
  public static final class PaymentServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<PaymentServiceFutureStub> {
    private PaymentServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PaymentServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PaymentServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens accounts, or changes their credit limit. All or none.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.payment.v1.OpenAccountsResponse> openAccounts(
        quadrille.payment.v1.OpenAccountsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getOpenAccountsMethod(), getCallOptions()), request);
    }

    /**
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.payment.v1.Account> getAccount(
        quadrille.payment.v1.GetAccountRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetAccountMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists accounts by customer.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.payment.v1.ListAccountsResponse> listAccounts(
        quadrille.payment.v1.ListAccountsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListAccountsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Adds to the balance of an account. Idempotent by request_id.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.payment.v1.Account> deposit(
        quadrille.payment.v1.DepositRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDepositMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists charges, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.payment.v1.ListChargesResponse> listCharges(
        quadrille.payment.v1.ListChargesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListChargesMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_OPEN_ACCOUNTS = 0;
  private static final int METHODID_GET_ACCOUNT = 1;
  private static final int METHODID_LIST_ACCOUNTS = 2;
  private static final int METHODID_DEPOSIT = 3;
  private static final int METHODID_LIST_CHARGES = 4;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_OPEN_ACCOUNTS:
          serviceImpl.openAccounts((quadrille.payment.v1.OpenAccountsRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.payment.v1.OpenAccountsResponse>) responseObserver);
          break;
        case METHODID_GET_ACCOUNT:
          serviceImpl.getAccount((quadrille.payment.v1.GetAccountRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.payment.v1.Account>) responseObserver);
          break;
        case METHODID_LIST_ACCOUNTS:
          serviceImpl.listAccounts((quadrille.payment.v1.ListAccountsRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.payment.v1.ListAccountsResponse>) responseObserver);
          break;
        case METHODID_DEPOSIT:
          serviceImpl.deposit((quadrille.payment.v1.DepositRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.payment.v1.Account>) responseObserver);
          break;
        case METHODID_LIST_CHARGES:
          serviceImpl.listCharges((quadrille.payment.v1.ListChargesRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.payment.v1.ListChargesResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getOpenAccountsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.payment.v1.OpenAccountsRequest,
              quadrille.payment.v1.OpenAccountsResponse>(
                service, METHODID_OPEN_ACCOUNTS)))
        .addMethod(
          getGetAccountMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.payment.v1.GetAccountRequest,
              quadrille.payment.v1.Account>(
                service, METHODID_GET_ACCOUNT)))
        .addMethod(
          getListAccountsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.payment.v1.ListAccountsRequest,
              quadrille.payment.v1.ListAccountsResponse>(
                service, METHODID_LIST_ACCOUNTS)))
        .addMethod(
          getDepositMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.payment.v1.DepositRequest,
              quadrille.payment.v1.Account>(
                service, METHODID_DEPOSIT)))
        .addMethod(
          getListChargesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.payment.v1.ListChargesRequest,
              quadrille.payment.v1.ListChargesResponse>(
                service, METHODID_LIST_CHARGES)))
        .build();
  }

  private static abstract class PaymentServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    PaymentServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return quadrille.payment.v1.PaymentServiceOuterClass.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("PaymentService");
    }
  }

  private static final class PaymentServiceFileDescriptorSupplier
      extends PaymentServiceBaseDescriptorSupplier {
    PaymentServiceFileDescriptorSupplier() {}
  }

  private static final class PaymentServiceMethodDescriptorSupplier
      extends PaymentServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    PaymentServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (PaymentServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new PaymentServiceFileDescriptorSupplier())
              .addMethod(getOpenAccountsMethod())
              .addMethod(getGetAccountMethod())
              .addMethod(getListAccountsMethod())
              .addMethod(getDepositMethod())
              .addMethod(getListChargesMethod())
              .build();
        }
      }
    }
    return result;
  }
}
