// DO NOT EDIT. Made from proto/ by `make generate`.
package quadrille.ops.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Records that could not take effect in one service, and what an operator does about them. Every service serves it
 * beside its own API. Two methods change data and ask for no credentials: keep the port on loopback, or behind a proxy
 * that asks.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class DeadLetterServiceGrpc {

  private DeadLetterServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "quadrille.ops.v1.DeadLetterService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<quadrille.ops.v1.ListDeadLettersRequest,
      quadrille.ops.v1.ListDeadLettersResponse> getListDeadLettersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListDeadLetters",
      requestType = quadrille.ops.v1.ListDeadLettersRequest.class,
      responseType = quadrille.ops.v1.ListDeadLettersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.ops.v1.ListDeadLettersRequest,
      quadrille.ops.v1.ListDeadLettersResponse> getListDeadLettersMethod() {
    io.grpc.MethodDescriptor<quadrille.ops.v1.ListDeadLettersRequest, quadrille.ops.v1.ListDeadLettersResponse> getListDeadLettersMethod;
    if ((getListDeadLettersMethod = DeadLetterServiceGrpc.getListDeadLettersMethod) == null) {
      synchronized (DeadLetterServiceGrpc.class) {
        if ((getListDeadLettersMethod = DeadLetterServiceGrpc.getListDeadLettersMethod) == null) {
          DeadLetterServiceGrpc.getListDeadLettersMethod = getListDeadLettersMethod =
              io.grpc.MethodDescriptor.<quadrille.ops.v1.ListDeadLettersRequest, quadrille.ops.v1.ListDeadLettersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListDeadLetters"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.ops.v1.ListDeadLettersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.ops.v1.ListDeadLettersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DeadLetterServiceMethodDescriptorSupplier("ListDeadLetters"))
              .build();
        }
      }
    }
    return getListDeadLettersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<quadrille.ops.v1.GetDeadLetterRequest,
      quadrille.ops.v1.DeadLetter> getGetDeadLetterMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetDeadLetter",
      requestType = quadrille.ops.v1.GetDeadLetterRequest.class,
      responseType = quadrille.ops.v1.DeadLetter.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.ops.v1.GetDeadLetterRequest,
      quadrille.ops.v1.DeadLetter> getGetDeadLetterMethod() {
    io.grpc.MethodDescriptor<quadrille.ops.v1.GetDeadLetterRequest, quadrille.ops.v1.DeadLetter> getGetDeadLetterMethod;
    if ((getGetDeadLetterMethod = DeadLetterServiceGrpc.getGetDeadLetterMethod) == null) {
      synchronized (DeadLetterServiceGrpc.class) {
        if ((getGetDeadLetterMethod = DeadLetterServiceGrpc.getGetDeadLetterMethod) == null) {
          DeadLetterServiceGrpc.getGetDeadLetterMethod = getGetDeadLetterMethod =
              io.grpc.MethodDescriptor.<quadrille.ops.v1.GetDeadLetterRequest, quadrille.ops.v1.DeadLetter>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetDeadLetter"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.ops.v1.GetDeadLetterRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.ops.v1.DeadLetter.getDefaultInstance()))
              .setSchemaDescriptor(new DeadLetterServiceMethodDescriptorSupplier("GetDeadLetter"))
              .build();
        }
      }
    }
    return getGetDeadLetterMethod;
  }

  private static volatile io.grpc.MethodDescriptor<quadrille.ops.v1.ReplayDeadLettersRequest,
      quadrille.ops.v1.ReplayDeadLettersResponse> getReplayDeadLettersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ReplayDeadLetters",
      requestType = quadrille.ops.v1.ReplayDeadLettersRequest.class,
      responseType = quadrille.ops.v1.ReplayDeadLettersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.ops.v1.ReplayDeadLettersRequest,
      quadrille.ops.v1.ReplayDeadLettersResponse> getReplayDeadLettersMethod() {
    io.grpc.MethodDescriptor<quadrille.ops.v1.ReplayDeadLettersRequest, quadrille.ops.v1.ReplayDeadLettersResponse> getReplayDeadLettersMethod;
    if ((getReplayDeadLettersMethod = DeadLetterServiceGrpc.getReplayDeadLettersMethod) == null) {
      synchronized (DeadLetterServiceGrpc.class) {
        if ((getReplayDeadLettersMethod = DeadLetterServiceGrpc.getReplayDeadLettersMethod) == null) {
          DeadLetterServiceGrpc.getReplayDeadLettersMethod = getReplayDeadLettersMethod =
              io.grpc.MethodDescriptor.<quadrille.ops.v1.ReplayDeadLettersRequest, quadrille.ops.v1.ReplayDeadLettersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ReplayDeadLetters"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.ops.v1.ReplayDeadLettersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.ops.v1.ReplayDeadLettersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DeadLetterServiceMethodDescriptorSupplier("ReplayDeadLetters"))
              .build();
        }
      }
    }
    return getReplayDeadLettersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<quadrille.ops.v1.DropDeadLettersRequest,
      quadrille.ops.v1.DropDeadLettersResponse> getDropDeadLettersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DropDeadLetters",
      requestType = quadrille.ops.v1.DropDeadLettersRequest.class,
      responseType = quadrille.ops.v1.DropDeadLettersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<quadrille.ops.v1.DropDeadLettersRequest,
      quadrille.ops.v1.DropDeadLettersResponse> getDropDeadLettersMethod() {
    io.grpc.MethodDescriptor<quadrille.ops.v1.DropDeadLettersRequest, quadrille.ops.v1.DropDeadLettersResponse> getDropDeadLettersMethod;
    if ((getDropDeadLettersMethod = DeadLetterServiceGrpc.getDropDeadLettersMethod) == null) {
      synchronized (DeadLetterServiceGrpc.class) {
        if ((getDropDeadLettersMethod = DeadLetterServiceGrpc.getDropDeadLettersMethod) == null) {
          DeadLetterServiceGrpc.getDropDeadLettersMethod = getDropDeadLettersMethod =
              io.grpc.MethodDescriptor.<quadrille.ops.v1.DropDeadLettersRequest, quadrille.ops.v1.DropDeadLettersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DropDeadLetters"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.ops.v1.DropDeadLettersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  quadrille.ops.v1.DropDeadLettersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DeadLetterServiceMethodDescriptorSupplier("DropDeadLetters"))
              .build();
        }
      }
    }
    return getDropDeadLettersMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static DeadLetterServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DeadLetterServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DeadLetterServiceStub>() {
        @java.lang.Override
        public DeadLetterServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DeadLetterServiceStub(channel, callOptions);
        }
      };
    return DeadLetterServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static DeadLetterServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DeadLetterServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DeadLetterServiceBlockingV2Stub>() {
        @java.lang.Override
        public DeadLetterServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DeadLetterServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return DeadLetterServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static DeadLetterServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DeadLetterServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DeadLetterServiceBlockingStub>() {
        @java.lang.Override
        public DeadLetterServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DeadLetterServiceBlockingStub(channel, callOptions);
        }
      };
    return DeadLetterServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static DeadLetterServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DeadLetterServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DeadLetterServiceFutureStub>() {
        @java.lang.Override
        public DeadLetterServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DeadLetterServiceFutureStub(channel, callOptions);
        }
      };
    return DeadLetterServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Records that could not take effect in one service, and what an operator does about them. Every service serves it
   * beside its own API. Two methods change data and ask for no credentials: keep the port on loopback, or behind a proxy
   * that asks.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Lists dead letters in the order in which they were read, without their bytes.
     * </pre>
     */
    default void listDeadLetters(quadrille.ops.v1.ListDeadLettersRequest request,
        io.grpc.stub.StreamObserver<quadrille.ops.v1.ListDeadLettersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListDeadLettersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Gives one dead letter with its bytes, the event that today's reader makes of them, and its history.
     * </pre>
     */
    default void getDeadLetter(quadrille.ops.v1.GetDeadLetterRequest request,
        io.grpc.stub.StreamObserver<quadrille.ops.v1.DeadLetter> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetDeadLetterMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lets open dead letters take effect after all, with today's reader and handlers, in order for each key. Letters that
     * only waited behind them follow. One that fails again stays open and changes nothing but its error.
     * </pre>
     */
    default void replayDeadLetters(quadrille.ops.v1.ReplayDeadLettersRequest request,
        io.grpc.stub.StreamObserver<quadrille.ops.v1.ReplayDeadLettersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getReplayDeadLettersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Gives open dead letters up for good. Letters that only waited behind them are replayed.
     * </pre>
     */
    default void dropDeadLetters(quadrille.ops.v1.DropDeadLettersRequest request,
        io.grpc.stub.StreamObserver<quadrille.ops.v1.DropDeadLettersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDropDeadLettersMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service DeadLetterService.
   * <pre>
   * Records that could not take effect in one service, and what an operator does about them. Every service serves it
   * beside its own API. Two methods change data and ask for no credentials: keep the port on loopback, or behind a proxy
   * that asks.
   * </pre>
   */
  public static abstract class DeadLetterServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return DeadLetterServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service DeadLetterService.
   * <pre>
   * Records that could not take effect in one service, and what an operator does about them. Every service serves it
   * beside its own API. Two methods change data and ask for no credentials: keep the port on loopback, or behind a proxy
   * that asks.
   * </pre>
   */
  public static final class DeadLetterServiceStub
      extends io.grpc.stub.AbstractAsyncStub<DeadLetterServiceStub> {
    private DeadLetterServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DeadLetterServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DeadLetterServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists dead letters in the order in which they were read, without their bytes.
     * </pre>
     */
    public void listDeadLetters(quadrille.ops.v1.ListDeadLettersRequest request,
        io.grpc.stub.StreamObserver<quadrille.ops.v1.ListDeadLettersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListDeadLettersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Gives one dead letter with its bytes, the event that today's reader makes of them, and its history.
     * </pre>
     */
    public void getDeadLetter(quadrille.ops.v1.GetDeadLetterRequest request,
        io.grpc.stub.StreamObserver<quadrille.ops.v1.DeadLetter> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetDeadLetterMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lets open dead letters take effect after all, with today's reader and handlers, in order for each key. Letters that
     * only waited behind them follow. One that fails again stays open and changes nothing but its error.
     * </pre>
     */
    public void replayDeadLetters(quadrille.ops.v1.ReplayDeadLettersRequest request,
        io.grpc.stub.StreamObserver<quadrille.ops.v1.ReplayDeadLettersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getReplayDeadLettersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Gives open dead letters up for good. Letters that only waited behind them are replayed.
     * </pre>
     */
    public void dropDeadLetters(quadrille.ops.v1.DropDeadLettersRequest request,
        io.grpc.stub.StreamObserver<quadrille.ops.v1.DropDeadLettersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDropDeadLettersMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service DeadLetterService.
   * <pre>
   * Records that could not take effect in one service, and what an operator does about them. Every service serves it
   * beside its own API. Two methods change data and ask for no credentials: keep the port on loopback, or behind a proxy
   * that asks.
   * </pre>
   */
  public static final class DeadLetterServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<DeadLetterServiceBlockingV2Stub> {
    private DeadLetterServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DeadLetterServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DeadLetterServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists dead letters in the order in which they were read, without their bytes.
     * </pre>
     */
    public quadrille.ops.v1.ListDeadLettersResponse listDeadLetters(quadrille.ops.v1.ListDeadLettersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListDeadLettersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives one dead letter with its bytes, the event that today's reader makes of them, and its history.
     * </pre>
     */
    public quadrille.ops.v1.DeadLetter getDeadLetter(quadrille.ops.v1.GetDeadLetterRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetDeadLetterMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lets open dead letters take effect after all, with today's reader and handlers, in order for each key. Letters that
     * only waited behind them follow. One that fails again stays open and changes nothing but its error.
     * </pre>
     */
    public quadrille.ops.v1.ReplayDeadLettersResponse replayDeadLetters(quadrille.ops.v1.ReplayDeadLettersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getReplayDeadLettersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives open dead letters up for good. Letters that only waited behind them are replayed.
     * </pre>
     */
    public quadrille.ops.v1.DropDeadLettersResponse dropDeadLetters(quadrille.ops.v1.DropDeadLettersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDropDeadLettersMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service DeadLetterService.
   * <pre>
   * Records that could not take effect in one service, and what an operator does about them. Every service serves it
   * beside its own API. Two methods change data and ask for no credentials: keep the port on loopback, or behind a proxy
   * that asks.
   * </pre>
   */
  public static final class DeadLetterServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<DeadLetterServiceBlockingStub> {
    private DeadLetterServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DeadLetterServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DeadLetterServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists dead letters in the order in which they were read, without their bytes.
     * </pre>
     */
    public quadrille.ops.v1.ListDeadLettersResponse listDeadLetters(quadrille.ops.v1.ListDeadLettersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListDeadLettersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives one dead letter with its bytes, the event that today's reader makes of them, and its history.
     * </pre>
     */
    public quadrille.ops.v1.DeadLetter getDeadLetter(quadrille.ops.v1.GetDeadLetterRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetDeadLetterMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lets open dead letters take effect after all, with today's reader and handlers, in order for each key. Letters that
     * only waited behind them follow. One that fails again stays open and changes nothing but its error.
     * </pre>
     */
    public quadrille.ops.v1.ReplayDeadLettersResponse replayDeadLetters(quadrille.ops.v1.ReplayDeadLettersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getReplayDeadLettersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives open dead letters up for good. Letters that only waited behind them are replayed.
     * </pre>
     */
    public quadrille.ops.v1.DropDeadLettersResponse dropDeadLetters(quadrille.ops.v1.DropDeadLettersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDropDeadLettersMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service DeadLetterService.
   * <pre>
   * Records that could not take effect in one service, and what an operator does about them. Every service serves it
   * beside its own API. Two methods change data and ask for no credentials: keep the port on loopback, or behind a proxy
   * that asks.
   * </pre>
   */
  public static final class DeadLetterServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<DeadLetterServiceFutureStub> {
    private DeadLetterServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DeadLetterServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DeadLetterServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists dead letters in the order in which they were read, without their bytes.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.ops.v1.ListDeadLettersResponse> listDeadLetters(
        quadrille.ops.v1.ListDeadLettersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListDeadLettersMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Gives one dead letter with its bytes, the event that today's reader makes of them, and its history.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.ops.v1.DeadLetter> getDeadLetter(
        quadrille.ops.v1.GetDeadLetterRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetDeadLetterMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lets open dead letters take effect after all, with today's reader and handlers, in order for each key. Letters that
     * only waited behind them follow. One that fails again stays open and changes nothing but its error.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.ops.v1.ReplayDeadLettersResponse> replayDeadLetters(
        quadrille.ops.v1.ReplayDeadLettersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getReplayDeadLettersMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Gives open dead letters up for good. Letters that only waited behind them are replayed.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<quadrille.ops.v1.DropDeadLettersResponse> dropDeadLetters(
        quadrille.ops.v1.DropDeadLettersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDropDeadLettersMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_LIST_DEAD_LETTERS = 0;
  private static final int METHODID_GET_DEAD_LETTER = 1;
  private static final int METHODID_REPLAY_DEAD_LETTERS = 2;
  private static final int METHODID_DROP_DEAD_LETTERS = 3;

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
        case METHODID_LIST_DEAD_LETTERS:
          serviceImpl.listDeadLetters((quadrille.ops.v1.ListDeadLettersRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.ops.v1.ListDeadLettersResponse>) responseObserver);
          break;
        case METHODID_GET_DEAD_LETTER:
          serviceImpl.getDeadLetter((quadrille.ops.v1.GetDeadLetterRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.ops.v1.DeadLetter>) responseObserver);
          break;
        case METHODID_REPLAY_DEAD_LETTERS:
          serviceImpl.replayDeadLetters((quadrille.ops.v1.ReplayDeadLettersRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.ops.v1.ReplayDeadLettersResponse>) responseObserver);
          break;
        case METHODID_DROP_DEAD_LETTERS:
          serviceImpl.dropDeadLetters((quadrille.ops.v1.DropDeadLettersRequest) request,
              (io.grpc.stub.StreamObserver<quadrille.ops.v1.DropDeadLettersResponse>) responseObserver);
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
          getListDeadLettersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.ops.v1.ListDeadLettersRequest,
              quadrille.ops.v1.ListDeadLettersResponse>(
                service, METHODID_LIST_DEAD_LETTERS)))
        .addMethod(
          getGetDeadLetterMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.ops.v1.GetDeadLetterRequest,
              quadrille.ops.v1.DeadLetter>(
                service, METHODID_GET_DEAD_LETTER)))
        .addMethod(
          getReplayDeadLettersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.ops.v1.ReplayDeadLettersRequest,
              quadrille.ops.v1.ReplayDeadLettersResponse>(
                service, METHODID_REPLAY_DEAD_LETTERS)))
        .addMethod(
          getDropDeadLettersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              quadrille.ops.v1.DropDeadLettersRequest,
              quadrille.ops.v1.DropDeadLettersResponse>(
                service, METHODID_DROP_DEAD_LETTERS)))
        .build();
  }

  private static abstract class DeadLetterServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    DeadLetterServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return quadrille.ops.v1.DeadLetterServiceOuterClass.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("DeadLetterService");
    }
  }

  private static final class DeadLetterServiceFileDescriptorSupplier
      extends DeadLetterServiceBaseDescriptorSupplier {
    DeadLetterServiceFileDescriptorSupplier() {}
  }

  private static final class DeadLetterServiceMethodDescriptorSupplier
      extends DeadLetterServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    DeadLetterServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (DeadLetterServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new DeadLetterServiceFileDescriptorSupplier())
              .addMethod(getListDeadLettersMethod())
              .addMethod(getGetDeadLetterMethod())
              .addMethod(getReplayDeadLettersMethod())
              .addMethod(getDropDeadLettersMethod())
              .build();
        }
      }
    }
    return result;
  }
}
