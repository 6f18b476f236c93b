/** Nothing came for too long. */
export class Silence extends Error {
  override readonly name = 'Silence';

  constructor(readonly seconds: number) {
    super(`nothing arrived for ${seconds} s`);
  }
}
