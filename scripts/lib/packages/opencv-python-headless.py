"""Draws a circle, writes it, reads it, and finds it again."""

import cv2
import numpy


def main():
    image = numpy.zeros((200, 300, 3), numpy.uint8)
    cv2.circle(image, (150, 100), 50, (255, 255, 255), -1)
    assert cv2.imwrite("circle.png", image)
    grey = cv2.cvtColor(cv2.imread("circle.png"), cv2.COLOR_BGR2GRAY)
    contours, _ = cv2.findContours(grey, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    assert len(contours) == 1 and 7500 < cv2.contourArea(contours[0]) < 8000


if __name__ == "__main__":
    main()
