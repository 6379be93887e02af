import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOfAddress, toCanonical } from './addresses.ts';

describe('an address', () => {
  it.each([
    ['93.184.215.14', 'public'],
    ['1.1.1.1', 'public'],
    ['172.15.255.255', 'public'],
    ['172.32.0.0', 'public'],
    ['2606:4700:4700::1111', 'public'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['10.0.0.5', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['169.254.169.254', 'link_local'],
    ['100.64.0.1', 'shared'],
    ['100.100.100.200', 'shared'],
    ['192.0.0.192', 'reserved'],
    ['192.0.2.1', 'documentation'],
    ['198.51.100.1', 'documentation'],
    ['203.0.113.1', 'documentation'],
    ['198.18.0.1', 'reserved'],
    ['192.88.99.1', 'embedded'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::127.0.0.1', 'embedded'],
    ['::ffff:127.0.0.1', 'embedded'],
    ['::ffff:7f00:1', 'embedded'],
    ['0:0:0:0:0:ffff:7f00:0001', 'embedded'],
    ['::ffff:93.184.215.14', 'embedded'],
    ['::ffff:0:127.0.0.1', 'embedded'],
    ['64:ff9b::7f00:1', 'embedded'],
    ['64:ff9b::169.254.169.254', 'embedded'],
    ['64:ff9b:1::1', 'embedded'],
    ['2002:7f00:1::', 'embedded'],
    ['2001:0:7f00:1::', 'embedded'],
    ['2001:db8::1', 'documentation'],
    ['3fff::1', 'documentation'],
    ['2001:10::1', 'reserved'],
    ['fd00:ec2::254', 'private'],
    ['fe80::1', 'link_local'],
    ['fec0::1', 'private'],
    ['ff02::1', 'multicast'],
    ['100::1', 'reserved'],
    ['4000::1', 'reserved'],
    ['127.1', 'reserved'],
    ['0177.0.0.1', 'reserved'],
    ['fe80::1%eth0', 'reserved'],
    ['example.com', 'reserved'],
    ['', 'reserved'],
  ])('%s is %s', (address, kind) => {
    expect(kindOfAddress(address)).toBe(kind);
  });

  it('that stands for an IPv4 address is never public', () => {
    fc.assert(
      fc.property(
        fc.ipV4(),
        fc.constantFrom('::', '::ffff:', '::ffff:0:', '64:ff9b::'),
        (address, prefix) => {
          expect(kindOfAddress(`${prefix}${address}`)).not.toBe('public');
        },
      ),
    );
  });

  it('has one usual form', () => {
    expect(toCanonical('2001:DB8:0:0::1')).toBe('2001:db8::1');
    expect(toCanonical('192.0.2.1')).toBe('192.0.2.1');
    expect(toCanonical('0x7f.1')).toBeUndefined();
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const usual = toCanonical(address);
        if (usual !== undefined)
          expect([toCanonical(usual), kindOfAddress(usual)]).toEqual([usual, kindOfAddress(address)]);
      }),
    );
  });
});
