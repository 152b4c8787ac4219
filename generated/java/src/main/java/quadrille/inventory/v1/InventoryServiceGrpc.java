// DO NOT EDIT. Made from proto/ by `make generate`.
package quadrille.inventory.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Items and their stock.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class InventoryServiceGrpc {

  private InventoryServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "quadrille.inventory.v1.InventoryService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<quadrille.inventory.v1.PutItemsRequest,
      quadrille.inventory.v1.PutItemsResponse> getPutItemsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PutItems",
      requestType = quadrille.inventory.v1.PutItemsRequest.class,
      responseType = quadrille.inventory.v1.PutItemsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.inventory.v1.PutItemsRequest,
      quadrille.inventory.v1.PutItemsResponse> getPutItemsMethod() {
    io.grpc.MethodDescriptor<quadrille.inventory.v1.PutItemsRequest, quadrille.inventory.v1.PutItemsResponse> getPutItemsMethod;
    if ((getPutItemsMethod = InventoryServiceGrpc.getPutItemsMethod) == null) {
      synchronized (InventoryServiceGrpc.class) {
        if ((getPutItemsMethod = InventoryServiceGrpc.getPutItemsMethod) == null) {
          InventoryServiceGrpc.getPutItemsMethod = getPutItemsMethod =
              io.grpc.MethodDescriptor.<quadrille.inventory.v1.PutItemsRequest, quadrille.inventory.v1.PutItemsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PutItems"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.inventory.v1.PutItemsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.inventory.v1.PutItemsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new InventoryServiceMethodDescriptorSupplier("PutItems"))
              .build();
        }
      }
    }
    return getPutItemsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<quadrille.inventory.v1.GetItemRequest,
      quadrille.inventory.v1.Item> getGetItemMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetItem",
      requestType = quadrille.inventory.v1.GetItemRequest.class,
      responseType = quadrille.inventory.v1.Item.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.inventory.v1.GetItemRequest,
      quadrille.inventory.v1.Item> getGetItemMethod() {
    io.grpc.MethodDescriptor<quadrille.inventory.v1.GetItemRequest, quadrille.inventory.v1.Item> getGetItemMethod;
    if ((getGetItemMethod = InventoryServiceGrpc.getGetItemMethod) == null) {
      synchronized (InventoryServiceGrpc.class) {
        if ((getGetItemMethod = InventoryServiceGrpc.getGetItemMethod) == null) {
          InventoryServiceGrpc.getGetItemMethod = getGetItemMethod =
              io.grpc.MethodDescriptor.<quadrille.inventory.v1.GetItemRequest, quadrille.inventory.v1.Item>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetItem"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.inventory.v1.GetItemRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.inventory.v1.Item.getDefaultInstance()))
              .setSchemaDescriptor(new InventoryServiceMethodDescriptorSupplier("GetItem"))
              .build();
        }
      }
    }
    return getGetItemMethod;
  }

  private static volatile io.grpc.MethodDescriptor<quadrille.inventory.v1.ListItemsRequest,
      quadrille.inventory.v1.ListItemsResponse> getListItemsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListItems",
      requestType = quadrille.inventory.v1.ListItemsRequest.class,
      responseType = quadrille.inventory.v1.ListItemsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.inventory.v1.ListItemsRequest,
      quadrille.inventory.v1.ListItemsResponse> getListItemsMethod() {
    io.grpc.MethodDescriptor<quadrille.inventory.v1.ListItemsRequest, quadrille.inventory.v1.ListItemsResponse> getListItemsMethod;
    if ((getListItemsMethod = InventoryServiceGrpc.getListItemsMethod) == null) {
      synchronized (InventoryServiceGrpc.class) {
        if ((getListItemsMethod = InventoryServiceGrpc.getListItemsMethod) == null) {
          InventoryServiceGrpc.getListItemsMethod = getListItemsMethod =
              io.grpc.MethodDescriptor.<quadrille.inventory.v1.ListItemsRequest, quadrille.inventory.v1.ListItemsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListItems"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.inventory.v1.ListItemsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.inventory.v1.ListItemsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new InventoryServiceMethodDescriptorSupplier("ListItems"))
              .build();
        }
      }
    }
    return getListItemsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<quadrille.inventory.v1.ReceiveStockRequest,
      quadrille.inventory.v1.ReceiveStockResponse> getReceiveStockMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ReceiveStock",
      requestType = quadrille.inventory.v1.ReceiveStockRequest.class,
      responseType = quadrille.inventory.v1.ReceiveStockResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.inventory.v1.ReceiveStockRequest,
      quadrille.inventory.v1.ReceiveStockResponse> getReceiveStockMethod() {
    io.grpc.MethodDescriptor<quadrille.inventory.v1.ReceiveStockRequest, quadrille.inventory.v1.ReceiveStockResponse> getReceiveStockMethod;
    if ((getReceiveStockMethod = InventoryServiceGrpc.getReceiveStockMethod) == null) {
      synchronized (InventoryServiceGrpc.class) {
        if ((getReceiveStockMethod = InventoryServiceGrpc.getReceiveStockMethod) == null) {
          InventoryServiceGrpc.getReceiveStockMethod = getReceiveStockMethod =
              io.grpc.MethodDescriptor.<quadrille.inventory.v1.ReceiveStockRequest, quadrille.inventory.v1.ReceiveStockResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ReceiveStock"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.inventory.v1.ReceiveStockRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.inventory.v1.ReceiveStockResponse.getDefaultInstance()))
              .setSchemaDescriptor(new InventoryServiceMethodDescriptorSupplier("ReceiveStock"))
              .build();
        }
      }
    }
    return getReceiveStockMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static InventoryServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<InventoryServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<InventoryServiceStub>() {
        @java.lang.Override
        public InventoryServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new InventoryServiceStub(channel, callOptions);
        }
      };
    return InventoryServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static InventoryServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<InventoryServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<InventoryServiceBlockingV2Stub>() {
        @java.lang.Override
        public InventoryServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new InventoryServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return InventoryServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static InventoryServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<InventoryServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<InventoryServiceBlockingStub>() {
        @java.lang.Override
        public InventoryServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new InventoryServiceBlockingStub(channel, callOptions);
        }
      };
    return InventoryServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static InventoryServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<InventoryServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<InventoryServiceFutureStub>() {
        @java.lang.Override
        public InventoryServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new InventoryServiceFutureStub(channel, callOptions);
        }
      };
    return InventoryServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Items and their stock.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Adds items, or changes their list price. All or none.
     * </pre>
     */
    default void putItems(quadrille.inventory.v1.PutItemsRequest request,
        io.grpc.stub.StreamObserver<quadrille.inventory.v1.PutItemsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPutItemsMethod(), responseObserver);
    }

    /**
     */
    default void getItem(quadrille.inventory.v1.GetItemRequest request,
        io.grpc.stub.StreamObserver<quadrille.inventory.v1.Item> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetItemMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists items by SKU.
     * </pre>
     */
    default void listItems(quadrille.inventory.v1.ListItemsRequest request,
        io.grpc.stub.StreamObserver<quadrille.inventory.v1.ListItemsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListItemsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Adds what has arrived to the stock on hand. All lines or none. Idempotent by request_id.
     * </pre>
     */
    default void receiveStock(quadrille.inventory.v1.ReceiveStockRequest request,
        io.grpc.stub.StreamObserver<quadrille.inventory.v1.ReceiveStockResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getReceiveStockMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service InventoryService.
   * <pre>
   * Items and their stock.
   * </pre>
   */
  public static abstract class InventoryServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return InventoryServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service InventoryService.
   * <pre>
   * Items and their stock.
   * </pre>
   */
  public static final class InventoryServiceStub
      extends io.grpc.stub.AbstractAsyncStub<InventoryServiceStub> {
    private InventoryServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected InventoryServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new InventoryServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Adds items, or changes their list price. All or none.
     * </pre>
     */
    public void putItems(quadrille.inventory.v1.PutItemsRequest request,
        io.grpc.stub.StreamObserver<quadrille.inventory.v1.PutItemsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPutItemsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     */
    public void getItem(quadrille.inventory.v1.GetItemRequest request,
        io.grpc.stub.StreamObserver<quadrille.inventory.v1.Item> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetItemMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists items by SKU.
     * </pre>
     */
    public void listItems(quadrille.inventory.v1.ListItemsRequest request,
        io.grpc.stub.StreamObserver<quadrille.inventory.v1.ListItemsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListItemsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Adds what has arrived to the stock on hand. All lines or none. Idempotent by request_id.
     * </pre>
     */
    public void receiveStock(quadrille.inventory.v1.ReceiveStockRequest request,
        io.grpc.stub.StreamObserver<quadrille.inventory.v1.ReceiveStockResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getReceiveStockMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service InventoryService.
   * <pre>
   * Items and their stock.
   * </pre>
   */
  public static final class InventoryServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<InventoryServiceBlockingV2Stub> {
    private InventoryServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected InventoryServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new InventoryServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Adds items, or changes their list price. All or none.
     * </pre>
     */
    public quadrille.inventory.v1.PutItemsResponse putItems(quadrille.inventory.v1.PutItemsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPutItemsMethod(), getCallOptions(), request);
    }

    /**
     */
    public quadrille.inventory.v1.Item getItem(quadrille.inventory.v1.GetItemRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetItemMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists items by SKU.
     * </pre>
     */
    public quadrille.inventory.v1.ListItemsResponse listItems(quadrille.inventory.v1.ListItemsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListItemsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Adds what has arrived to the stock on hand. All lines or none. Idempotent by request_id.
     * </pre>
     */
    public quadrille.inventory.v1.ReceiveStockResponse receiveStock(quadrille.inventory.v1.ReceiveStockRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getReceiveStockMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service InventoryService.
   * <pre>
   * Items and their stock.
   * </pre>
   */
  public static final class InventoryServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<InventoryServiceBlockingStub> {
    private InventoryServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected InventoryServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new InventoryServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Adds items, or changes their list price. All or none.
     * </pre>
     */
    public quadrille.inventory.v1.PutItemsResponse putItems(quadrille.inventory.v1.PutItemsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPutItemsMethod(), getCallOptions(), request);
    }

    /**
     */
    public quadrille.inventory.v1.Item getItem(quadrille.inventory.v1.GetItemRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetItemMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists items by SKU.
     * </pre>
     */
    public quadrille.inventory.v1.ListItemsResponse listItems(quadrille.inventory.v1.ListItemsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListItemsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Adds what has arrived to the stock on hand. All lines or none. Idempotent by request_id.
     * </pre>
     */
    public quadrille.inventory.v1.ReceiveStockResponse receiveStock(quadrille.inventory.v1.ReceiveStockRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getReceiveStockMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service InventoryService.
   * <pre>
   * Items and their stock.
   * </pre>
   */
  public static final class InventoryServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<InventoryServiceFutureStub> {
    private InventoryServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected InventoryServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new InventoryServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Adds items, or changes their list price. All or none.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.inventory.v1.PutItemsResponse> putItems(
        quadrille.inventory.v1.PutItemsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPutItemsMethod(), getCallOptions()), request);
    }

    /**
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.inventory.v1.Item> getItem(
        quadrille.inventory.v1.GetItemRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetItemMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists items by SKU.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.inventory.v1.ListItemsResponse> listItems(
        quadrille.inventory.v1.ListItemsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListItemsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Adds what has arrived to the stock on hand. All lines or none. Idempotent by request_id.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.inventory.v1.ReceiveStockResponse> receiveStock(
        quadrille.inventory.v1.ReceiveStockRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getReceiveStockMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_PUT_ITEMS = 0;
  private static final int METHODID_GET_ITEM = 1;
  private static final int METHODID_LIST_ITEMS = 2;
  private static final int METHODID_RECEIVE_STOCK = 3;

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
        case METHODID_PUT_ITEMS:
          serviceImpl.putItems((quadrille.inventory.v1.PutItemsRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.inventory.v1.PutItemsResponse>) responseObserver);
          break;
        case METHODID_GET_ITEM:
          serviceImpl.getItem((quadrille.inventory.v1.GetItemRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.inventory.v1.Item>) responseObserver);
          break;
        case METHODID_LIST_ITEMS:
          serviceImpl.listItems((quadrille.inventory.v1.ListItemsRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.inventory.v1.ListItemsResponse>) responseObserver);
          break;
        case METHODID_RECEIVE_STOCK:
          serviceImpl.receiveStock((quadrille.inventory.v1.ReceiveStockRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.inventory.v1.ReceiveStockResponse>) responseObserver);
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
          getPutItemsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.inventory.v1.PutItemsRequest,
              quadrille.inventory.v1.PutItemsResponse>(
                service, METHODID_PUT_ITEMS)))
        .addMethod(
          getGetItemMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.inventory.v1.GetItemRequest,
              quadrille.inventory.v1.Item>(
                service, METHODID_GET_ITEM)))
        .addMethod(
          getListItemsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.inventory.v1.ListItemsRequest,
              quadrille.inventory.v1.ListItemsResponse>(
                service, METHODID_LIST_ITEMS)))
        .addMethod(
          getReceiveStockMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.inventory.v1.ReceiveStockRequest,
              quadrille.inventory.v1.ReceiveStockResponse>(
                service, METHODID_RECEIVE_STOCK)))
        .build();
  }

  private static abstract class InventoryServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    InventoryServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return quadrille.inventory.v1.InventoryServiceOuterClass.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("InventoryService");
    }
  }

  private static final class InventoryServiceFileDescriptorSupplier
      extends InventoryServiceBaseDescriptorSupplier {
    InventoryServiceFileDescriptorSupplier() {}
  }

  private static final class InventoryServiceMethodDescriptorSupplier
      extends InventoryServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    InventoryServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (InventoryServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new InventoryServiceFileDescriptorSupplier())
              .addMethod(getPutItemsMethod())
              .addMethod(getGetItemMethod())
              .addMethod(getListItemsMethod())
              .addMethod(getReceiveStockMethod())
              .build();
        }
      }
    }
    return result;
  }
}
