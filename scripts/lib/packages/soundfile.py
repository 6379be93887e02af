"""Writes a tone in several formats, and reads it."""

import numpy
import soundfile


def main():
    time = numpy.linspace(0, 1, 8000, endpoint=False)
    tone = 0.5 * numpy.sin(2 * numpy.pi * 440 * time)
    for kind in ("wav", "flac", "ogg", "mp3"):
        soundfile.write(f"tone.{kind}", tone, 8000)
        data, rate = soundfile.read(f"tone.{kind}")
        assert rate == 8000 and 0.4 < abs(data).max() < 0.6


if __name__ == "__main__":
    main()
