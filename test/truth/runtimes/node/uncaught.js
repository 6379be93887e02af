console.log('before');
class Odd extends Error {}
function inner() {
  throw new Odd('from inner', { cause: new TypeError('below') });
}
inner();
