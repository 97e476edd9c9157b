package vivarium.cpu.translation.bytecode;

/** Total divisions, called by generated code: {@code ifZero} where the divisor is zero. */
final class Arithmetic {
  private Arithmetic() {}

  static long divide(long a, long b, long ifZero) {
    return b == 0 ? ifZero : a / b;
  }

  static long remainder(long a, long b, long ifZero) {
    return b == 0 ? ifZero : a % b;
  }

  static long divideUnsigned(long a, long b, long ifZero) {
    return b == 0 ? ifZero : Long.divideUnsigned(a, b);
  }

  static long remainderUnsigned(long a, long b, long ifZero) {
    return b == 0 ? ifZero : Long.remainderUnsigned(a, b);
  }

  static int divide(int a, int b, int ifZero) {
    return b == 0 ? ifZero : a / b;
  }

  static int remainder(int a, int b, int ifZero) {
    return b == 0 ? ifZero : a % b;
  }

  static int divideUnsigned(int a, int b, int ifZero) {
    return b == 0 ? ifZero : Integer.divideUnsigned(a, b);
  }

  static int remainderUnsigned(int a, int b, int ifZero) {
    return b == 0 ? ifZero : Integer.remainderUnsigned(a, b);
  }
}
