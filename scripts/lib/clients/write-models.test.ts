import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { modelsFile, renderModels } from './main.ts';
import { writeModels } from './write-models.ts';

describe('writeModels', () => {
  it('writes objects, unions, lists and what may be missing', () => {
    const text = writeModels({
      One: {
        type: 'object',
        required: ['a'],
        properties: {
          a: { type: ['string', 'null'], description: 'What it is.' },
          b: { type: 'array', items: { type: 'object', properties: { c: { enum: ['x', 'y'] } } } },
        },
      },
      Two: { anyOf: [{ $ref: '#/components/schemas/One' }, { type: 'integer' }] },
    });
    expect(text).toContain('class OneBItem(TypedDict):\n    c: NotRequired[Literal["x", "y"]]');
    expect(text).toContain(
      'class One(TypedDict):\n    # What it is.\n    a: str | None\n    b: NotRequired[list[OneBItem]]',
    );
    expect(text).toContain('Two = "One | int"');
  });

  it('wrote the types that the client has: node scripts/lib/clients/main.ts', () => {
    expect(readFileSync(modelsFile, 'utf8')).toBe(renderModels());
  });
});
