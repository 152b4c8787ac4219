// DO NOT EDIT. Made from proto/ by `make generate`.
package quadrille.order.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * The way in. Errors: google.rpc.Status with an ErrorInfo whose reason is in quadrille.errors.v1.ErrorReason.
 * The gateway serves the same methods as JSON over HTTP, by their google.api.http options.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class OrderServiceGrpc {

  private OrderServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "quadrille.order.v1.OrderService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<quadrille.order.v1.PlaceOrderRequest,
      quadrille.order.v1.PlaceOrderResponse> getPlaceOrderMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PlaceOrder",
      requestType = quadrille.order.v1.PlaceOrderRequest.class,
      responseType = quadrille.order.v1.PlaceOrderResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.order.v1.PlaceOrderRequest,
      quadrille.order.v1.PlaceOrderResponse> getPlaceOrderMethod() {
    io.grpc.MethodDescriptor<quadrille.order.v1.PlaceOrderRequest, quadrille.order.v1.PlaceOrderResponse> getPlaceOrderMethod;
    if ((getPlaceOrderMethod = OrderServiceGrpc.getPlaceOrderMethod) == null) {
      synchronized (OrderServiceGrpc.class) {
        if ((getPlaceOrderMethod = OrderServiceGrpc.getPlaceOrderMethod) == null) {
          OrderServiceGrpc.getPlaceOrderMethod = getPlaceOrderMethod =
              io.grpc.MethodDescriptor.<quadrille.order.v1.PlaceOrderRequest, quadrille.order.v1.PlaceOrderResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PlaceOrder"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.order.v1.PlaceOrderRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.order.v1.PlaceOrderResponse.getDefaultInstance()))
              .setSchemaDescriptor(new OrderServiceMethodDescriptorSupplier("PlaceOrder"))
              .build();
        }
      }
    }
    return getPlaceOrderMethod;
  }

  private static volatile io.grpc.MethodDescriptor<quadrille.order.v1.GetOrderRequest,
      quadrille.order.v1.Order> getGetOrderMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetOrder",
      requestType = quadrille.order.v1.GetOrderRequest.class,
      responseType = quadrille.order.v1.Order.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.order.v1.GetOrderRequest,
      quadrille.order.v1.Order> getGetOrderMethod() {
    io.grpc.MethodDescriptor<quadrille.order.v1.GetOrderRequest, quadrille.order.v1.Order> getGetOrderMethod;
    if ((getGetOrderMethod = OrderServiceGrpc.getGetOrderMethod) == null) {
      synchronized (OrderServiceGrpc.class) {
        if ((getGetOrderMethod = OrderServiceGrpc.getGetOrderMethod) == null) {
          OrderServiceGrpc.getGetOrderMethod = getGetOrderMethod =
              io.grpc.MethodDescriptor.<quadrille.order.v1.GetOrderRequest, quadrille.order.v1.Order>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetOrder"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.order.v1.GetOrderRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.order.v1.Order.getDefaultInstance()))
              .setSchemaDescriptor(new OrderServiceMethodDescriptorSupplier("GetOrder"))
              .build();
        }
      }
    }
    return getGetOrderMethod;
  }

  private static volatile io.grpc.MethodDescriptor<quadrille.order.v1.CancelOrderRequest,
      quadrille.order.v1.CancelOrderResponse> getCancelOrderMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CancelOrder",
      requestType = quadrille.order.v1.CancelOrderRequest.class,
      responseType = quadrille.order.v1.CancelOrderResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.order.v1.CancelOrderRequest,
      quadrille.order.v1.CancelOrderResponse> getCancelOrderMethod() {
    io.grpc.MethodDescriptor<quadrille.order.v1.CancelOrderRequest, quadrille.order.v1.CancelOrderResponse> getCancelOrderMethod;
    if ((getCancelOrderMethod = OrderServiceGrpc.getCancelOrderMethod) == null) {
      synchronized (OrderServiceGrpc.class) {
        if ((getCancelOrderMethod = OrderServiceGrpc.getCancelOrderMethod) == null) {
          OrderServiceGrpc.getCancelOrderMethod = getCancelOrderMethod =
              io.grpc.MethodDescriptor.<quadrille.order.v1.CancelOrderRequest, quadrille.order.v1.CancelOrderResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CancelOrder"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.order.v1.CancelOrderRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.order.v1.CancelOrderResponse.getDefaultInstance()))
              .setSchemaDescriptor(new OrderServiceMethodDescriptorSupplier("CancelOrder"))
              .build();
        }
      }
    }
    return getCancelOrderMethod;
  }

  private static volatile io.grpc.MethodDescriptor<quadrille.order.v1.ListOrdersRequest,
      quadrille.order.v1.ListOrdersResponse> getListOrdersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListOrders",
      requestType = quadrille.order.v1.ListOrdersRequest.class,
      responseType = quadrille.order.v1.ListOrdersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.order.v1.ListOrdersRequest,
      quadrille.order.v1.ListOrdersResponse> getListOrdersMethod() {
    io.grpc.MethodDescriptor<quadrille.order.v1.ListOrdersRequest, quadrille.order.v1.ListOrdersResponse> getListOrdersMethod;
    if ((getListOrdersMethod = OrderServiceGrpc.getListOrdersMethod) == null) {
      synchronized (OrderServiceGrpc.class) {
        if ((getListOrdersMethod = OrderServiceGrpc.getListOrdersMethod) == null) {
          OrderServiceGrpc.getListOrdersMethod = getListOrdersMethod =
              io.grpc.MethodDescriptor.<quadrille.order.v1.ListOrdersRequest, quadrille.order.v1.ListOrdersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListOrders"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.order.v1.ListOrdersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.order.v1.ListOrdersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new OrderServiceMethodDescriptorSupplier("ListOrders"))
              .build();
        }
      }
    }
    return getListOrdersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<quadrille.order.v1.WatchOrderRequest,
      quadrille.order.v1.WatchOrderResponse> getWatchOrderMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchOrder",
      requestType = quadrille.order.v1.WatchOrderRequest.class,
      responseType = quadrille.order.v1.WatchOrderResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<quadrille.order.v1.WatchOrderRequest,
      quadrille.order.v1.WatchOrderResponse> getWatchOrderMethod() {
    io.grpc.MethodDescriptor<quadrille.order.v1.WatchOrderRequest, quadrille.order.v1.WatchOrderResponse> getWatchOrderMethod;
    if ((getWatchOrderMethod = OrderServiceGrpc.getWatchOrderMethod) == null) {
      synchronized (OrderServiceGrpc.class) {
        if ((getWatchOrderMethod = OrderServiceGrpc.getWatchOrderMethod) == null) {
          OrderServiceGrpc.getWatchOrderMethod = getWatchOrderMethod =
              io.grpc.MethodDescriptor.<quadrille.order.v1.WatchOrderRequest, quadrille.order.v1.WatchOrderResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchOrder"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.order.v1.WatchOrderRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.order.v1.WatchOrderResponse.getDefaultInstance()))
              .setSchemaDescriptor(new OrderServiceMethodDescriptorSupplier("WatchOrder"))
              .build();
        }
      }
    }
    return getWatchOrderMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static OrderServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<OrderServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<OrderServiceStub>() {
        @java.lang.Override
        public OrderServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new OrderServiceStub(channel, callOptions);
        }
      };
    return OrderServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static OrderServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<OrderServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<OrderServiceBlockingV2Stub>() {
        @java.lang.Override
        public OrderServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new OrderServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return OrderServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static OrderServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<OrderServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<OrderServiceBlockingStub>() {
        @java.lang.Override
        public OrderServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new OrderServiceBlockingStub(channel, callOptions);
        }
      };
    return OrderServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static OrderServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<OrderServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<OrderServiceFutureStub>() {
        @java.lang.Override
        public OrderServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new OrderServiceFutureStub(channel, callOptions);
        }
      };
    return OrderServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * The way in. Errors: google.rpc.Status with an ErrorInfo whose reason is in quadrille.errors.v1.ErrorReason.
   * The gateway serves the same methods as JSON over HTTP, by their google.api.http options.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Places an order. Answers once the order and its event are durable; the saga goes on by itself.
     * Idempotent by customer_id and request_id (AIP-155): the same request gives the same order back.
     * </pre>
     */
    default void placeOrder(quadrille.order.v1.PlaceOrderRequest request,
        io.grpc.stub.StreamObserver<quadrille.order.v1.PlaceOrderResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPlaceOrderMethod(), responseObserver);
    }

    /**
     * <pre>
     * Gets one order with its timeline.
     * </pre>
     */
    default void getOrder(quadrille.order.v1.GetOrderRequest request,
        io.grpc.stub.StreamObserver<quadrille.order.v1.Order> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetOrderMethod(), responseObserver);
    }

    /**
     * <pre>
     * Asks for an order to be cancelled (AIP-136). Answers once the request is durable; shipping decides whether the order
     * can still be cancelled, so it may yet end COMPLETED: watch it. Idempotent: an order that is CANCELLING or CANCELLED is
     * given back as it is. One that is COMPLETED is refused with FAILED_PRECONDITION, CANCEL_TOO_LATE.
     * </pre>
     */
    default void cancelOrder(quadrille.order.v1.CancelOrderRequest request,
        io.grpc.stub.StreamObserver<quadrille.order.v1.CancelOrderResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCancelOrderMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists orders, newest first (AIP-132, AIP-158).
     * </pre>
     */
    default void listOrders(quadrille.order.v1.ListOrdersRequest request,
        io.grpc.stub.StreamObserver<quadrille.order.v1.ListOrdersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListOrdersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sends every step of an order so far, then every further one as it happens. Ends when the order is settled.
     * </pre>
     */
    default void watchOrder(quadrille.order.v1.WatchOrderRequest request,
        io.grpc.stub.StreamObserver<quadrille.order.v1.WatchOrderResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchOrderMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service OrderService.
   * <pre>
   * The way in. Errors: google.rpc.Status with an ErrorInfo whose reason is in quadrille.errors.v1.ErrorReason.
   * The gateway serves the same methods as JSON over HTTP, by their google.api.http options.
   * </pre>
   */
  public static abstract class OrderServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return OrderServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service OrderService.
   * <pre>
   * The way in. Errors: google.rpc.Status with an ErrorInfo whose reason is in quadrille.errors.v1.ErrorReason.
   * The gateway serves the same methods as JSON over HTTP, by their google.api.http options.
   * </pre>
   */
  public static final class OrderServiceStub
      extends io.grpc.stub.AbstractAsyncStub<OrderServiceStub> {
    private OrderServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected OrderServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new OrderServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Places an order. Answers once the order and its event are durable; the saga goes on by itself.
     * Idempotent by customer_id and request_id (AIP-155): the same request gives the same order back.
     * </pre>
     */
    public void placeOrder(quadrille.order.v1.PlaceOrderRequest request,
        io.grpc.stub.StreamObserver<quadrille.order.v1.PlaceOrderResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPlaceOrderMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Gets one order with its timeline.
     * </pre>
     */
    public void getOrder(quadrille.order.v1.GetOrderRequest request,
        io.grpc.stub.StreamObserver<quadrille.order.v1.Order> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetOrderMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Asks for an order to be cancelled (AIP-136). Answers once the request is durable; shipping decides whether the order
     * can still be cancelled, so it may yet end COMPLETED: watch it. Idempotent: an order that is CANCELLING or CANCELLED is
     * given back as it is. One that is COMPLETED is refused with FAILED_PRECONDITION, CANCEL_TOO_LATE.
     * </pre>
     */
    public void cancelOrder(quadrille.order.v1.CancelOrderRequest request,
        io.grpc.stub.StreamObserver<quadrille.order.v1.CancelOrderResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCancelOrderMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists orders, newest first (AIP-132, AIP-158).
     * </pre>
     */
    public void listOrders(quadrille.order.v1.ListOrdersRequest request,
        io.grpc.stub.StreamObserver<quadrille.order.v1.ListOrdersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListOrdersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Sends every step of an order so far, then every further one as it happens. Ends when the order is settled.
     * </pre>
     */
    public void watchOrder(quadrille.order.v1.WatchOrderRequest request,
        io.grpc.stub.StreamObserver<quadrille.order.v1.WatchOrderResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchOrderMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service OrderService.
   * <pre>
   * The way in. Errors: google.rpc.Status with an ErrorInfo whose reason is in quadrille.errors.v1.ErrorReason.
   * The gateway serves the same methods as JSON over HTTP, by their google.api.http options.
   * </pre>
   */
  public static final class OrderServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<OrderServiceBlockingV2Stub> {
    private OrderServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected OrderServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new OrderServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Places an order. Answers once the order and its event are durable; the saga goes on by itself.
     * Idempotent by customer_id and request_id (AIP-155): the same request gives the same order back.
     * </pre>
     */
    public quadrille.order.v1.PlaceOrderResponse placeOrder(quadrille.order.v1.PlaceOrderRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPlaceOrderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gets one order with its timeline.
     * </pre>
     */
    public quadrille.order.v1.Order getOrder(quadrille.order.v1.GetOrderRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetOrderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Asks for an order to be cancelled (AIP-136). Answers once the request is durable; shipping decides whether the order
     * can still be cancelled, so it may yet end COMPLETED: watch it. Idempotent: an order that is CANCELLING or CANCELLED is
     * given back as it is. One that is COMPLETED is refused with FAILED_PRECONDITION, CANCEL_TOO_LATE.
     * </pre>
     */
    public quadrille.order.v1.CancelOrderResponse cancelOrder(quadrille.order.v1.CancelOrderRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCancelOrderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists orders, newest first (AIP-132, AIP-158).
     * </pre>
     */
    public quadrille.order.v1.ListOrdersResponse listOrders(quadrille.order.v1.ListOrdersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListOrdersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sends every step of an order so far, then every further one as it happens. Ends when the order is settled.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, quadrille.order.v1.WatchOrderResponse>
        watchOrder(quadrille.order.v1.WatchOrderRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchOrderMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service OrderService.
   * <pre>
   * The way in. Errors: google.rpc.Status with an ErrorInfo whose reason is in quadrille.errors.v1.ErrorReason.
   * The gateway serves the same methods as JSON over HTTP, by their google.api.http options.
   * </pre>
   */
  public static final class OrderServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<OrderServiceBlockingStub> {
    private OrderServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected OrderServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new OrderServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Places an order. Answers once the order and its event are durable; the saga goes on by itself.
     * Idempotent by customer_id and request_id (AIP-155): the same request gives the same order back.
     * </pre>
     */
    public quadrille.order.v1.PlaceOrderResponse placeOrder(quadrille.order.v1.PlaceOrderRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPlaceOrderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gets one order with its timeline.
     * </pre>
     */
    public quadrille.order.v1.Order getOrder(quadrille.order.v1.GetOrderRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetOrderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Asks for an order to be cancelled (AIP-136). Answers once the request is durable; shipping decides whether the order
     * can still be cancelled, so it may yet end COMPLETED: watch it. Idempotent: an order that is CANCELLING or CANCELLED is
     * given back as it is. One that is COMPLETED is refused with FAILED_PRECONDITION, CANCEL_TOO_LATE.
     * </pre>
     */
    public quadrille.order.v1.CancelOrderResponse cancelOrder(quadrille.order.v1.CancelOrderRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCancelOrderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists orders, newest first (AIP-132, AIP-158).
     * </pre>
     */
    public quadrille.order.v1.ListOrdersResponse listOrders(quadrille.order.v1.ListOrdersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListOrdersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sends every step of an order so far, then every further one as it happens. Ends when the order is settled.
     * </pre>
     */
    public java.util.Iterator<quadrille.order.v1.WatchOrderResponse> watchOrder(
        quadrille.order.v1.WatchOrderRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchOrderMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service OrderService.
   * <pre>
   * The way in. Errors: google.rpc.Status with an ErrorInfo whose reason is in quadrille.errors.v1.ErrorReason.
   * The gateway serves the same methods as JSON over HTTP, by their google.api.http options.
   * </pre>
   */
  public static final class OrderServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<OrderServiceFutureStub> {
    private OrderServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected OrderServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new OrderServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Places an order. Answers once the order and its event are durable; the saga goes on by itself.
     * Idempotent by customer_id and request_id (AIP-155): the same request gives the same order back.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.order.v1.PlaceOrderResponse> placeOrder(
        quadrille.order.v1.PlaceOrderRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPlaceOrderMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Gets one order with its timeline.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.order.v1.Order> getOrder(
        quadrille.order.v1.GetOrderRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetOrderMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Asks for an order to be cancelled (AIP-136). Answers once the request is durable; shipping decides whether the order
     * can still be cancelled, so it may yet end COMPLETED: watch it. Idempotent: an order that is CANCELLING or CANCELLED is
     * given back as it is. One that is COMPLETED is refused with FAILED_PRECONDITION, CANCEL_TOO_LATE.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.order.v1.CancelOrderResponse> cancelOrder(
        quadrille.order.v1.CancelOrderRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCancelOrderMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists orders, newest first (AIP-132, AIP-158).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.order.v1.ListOrdersResponse> listOrders(
        quadrille.order.v1.ListOrdersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListOrdersMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_PLACE_ORDER = 0;
  private static final int METHODID_GET_ORDER = 1;
  private static final int METHODID_CANCEL_ORDER = 2;
  private static final int METHODID_LIST_ORDERS = 3;
  private static final int METHODID_WATCH_ORDER = 4;

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
        case METHODID_PLACE_ORDER:
          serviceImpl.placeOrder((quadrille.order.v1.PlaceOrderRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.order.v1.PlaceOrderResponse>) responseObserver);
          break;
        case METHODID_GET_ORDER:
          serviceImpl.getOrder((quadrille.order.v1.GetOrderRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.order.v1.Order>) responseObserver);
          break;
        case METHODID_CANCEL_ORDER:
          serviceImpl.cancelOrder((quadrille.order.v1.CancelOrderRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.order.v1.CancelOrderResponse>) responseObserver);
          break;
        case METHODID_LIST_ORDERS:
          serviceImpl.listOrders((quadrille.order.v1.ListOrdersRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.order.v1.ListOrdersResponse>) responseObserver);
          break;
        case METHODID_WATCH_ORDER:
          serviceImpl.watchOrder((quadrille.order.v1.WatchOrderRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.order.v1.WatchOrderResponse>) responseObserver);
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
          getPlaceOrderMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.order.v1.PlaceOrderRequest,
              quadrille.order.v1.PlaceOrderResponse>(
                service, METHODID_PLACE_ORDER)))
        .addMethod(
          getGetOrderMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.order.v1.GetOrderRequest,
              quadrille.order.v1.Order>(
                service, METHODID_GET_ORDER)))
        .addMethod(
          getCancelOrderMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.order.v1.CancelOrderRequest,
              quadrille.order.v1.CancelOrderResponse>(
                service, METHODID_CANCEL_ORDER)))
        .addMethod(
          getListOrdersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.order.v1.ListOrdersRequest,
              quadrille.order.v1.ListOrdersResponse>(
                service, METHODID_LIST_ORDERS)))
        .addMethod(
          getWatchOrderMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              quadrille.order.v1.WatchOrderRequest,
              quadrille.order.v1.WatchOrderResponse>(
                service, METHODID_WATCH_ORDER)))
        .build();
  }

  private static abstract class OrderServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    OrderServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return quadrille.order.v1.OrderServiceOuterClass.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("OrderService");
    }
  }

  private static final class OrderServiceFileDescriptorSupplier
      extends OrderServiceBaseDescriptorSupplier {
    OrderServiceFileDescriptorSupplier() {}
  }

  private static final class OrderServiceMethodDescriptorSupplier
      extends OrderServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    OrderServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (OrderServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new OrderServiceFileDescriptorSupplier())
              .addMethod(getPlaceOrderMethod())
              .addMethod(getGetOrderMethod())
              .addMethod(getCancelOrderMethod())
              .addMethod(getListOrdersMethod())
              .addMethod(getWatchOrderMethod())
              .build();
        }
      }
    }
    return result;
  }
}
