/** The launcher and the packaged product. */
module vivarium.distribution {
  requires static org.jspecify;
  requires java.net.http;
  requires vivarium.core;
  requires info.picocli;
  requires org.slf4j;
  requires ch.qos.logback.classic;
  requires ch.qos.logback.core;
  requires org.snakeyaml.engine;
  requires org.tukaani.xz;

  opens vivarium.distribution to
      info.picocli;
  opens vivarium.distribution.cli to
      info.picocli;

  provides ch.qos.logback.classic.spi.Configurator with
      vivarium.distribution.cli.LogConfigurator;
}
