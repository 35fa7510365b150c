printf 'name: tiny\ninput: {channels: 3}\nlayers: [{name: fc, kind: fc, outputs: 2}]\n' | lamina model show --format json -
