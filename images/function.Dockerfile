# The compactor's function as an image for AWS Lambda, from the zip that `mvn package` made: docker build -f images/function.Dockerfile -t sluice-function .
# Lambda runs it as a user of its own, and has no use for a health check. BASE may be a tag with a date, or a digest.
ARG JDK=eclipse-temurin:17.0.16_8-jdk-noble
ARG BASE=public.ecr.aws/lambda/java:17

FROM ${JDK} AS function
WORKDIR /function
COPY compactor-lambda/target/sluice-compactor.zip /function.zip
# The runtime of the base starts it, not the zip's own bootstrap.
RUN jar xf /function.zip && rm bootstrap

FROM ${BASE}
ENV JAVA_TOOL_OPTIONS="--add-opens=java.base/java.nio=ALL-UNNAMED -XX:MaxRAMPercentage=50 -XX:TieredStopAtLevel=1 -Dio.netty.jfr.enabled=false"
COPY --from=function /function/ /var/task/
CMD ["io.sluice.compactor.lambda.CompactorHandler::handleRequest"]
