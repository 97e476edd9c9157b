/** An example of an extension of an instruction set: two instructions for RV64GC. */
module vivarium.example.xviv {
  requires vivarium.api;
  requires static org.jspecify;

  exports vivarium.example.xviv;

  provides vivarium.api.isa.IsaExtension with
      vivarium.example.xviv.XvivExtension;
}
